package api

import (
	"io/fs"
	"mime"
	"path"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"rung"
)

// consolePolicy lets the console's page use only what this server serves; blob: is how Media Source Extensions feed a
// video element.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"media-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// scriptType is the media type of ES modules (RFC 9239), which mime does not know by .mjs on every system.
const scriptType = "text/javascript; charset=utf-8"

// pages serves the console: its page at /, everything else under /console/.
type pages struct {
	files map[string]page
}

// newPages reads the console's files, which are part of the program.
func newPages(files fs.FS) *pages {
	p := &pages{files: map[string]page{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		p.files[name] = page{body: body, etag: etagOf(body), mediaType: mediaType(name)}
		return nil
	})
	if err != nil {
		panic("api: the console's embedded files: " + err.Error())
	}
	return p
}

func mediaType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return scriptType
	case "":
		return "text/plain; charset=utf-8"
	default:
		return mime.TypeByExtension(ext)
	}
}

func (p *pages) mount(app *fiber.App) {
	app.Get("/", func(c *fiber.Ctx) error { return p.send(c, "page/index.html") })
	app.Get("/console/*", func(c *fiber.Ctx) error { return p.send(c, utils.CopyString(c.Params("*"))) })
}

// send answers with a file. Names have no versions, so browsers ask each time, and get a 304.
func (p *pages) send(c *fiber.Ctx, name string) error {
	f, ok := p.files[name]
	if !ok {
		return rung.Errorf(rung.CodeNotFound, "the console is at /", "the console has no file %q", name)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, consolePolicy)
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderETag, f.etag)
	if etagMatches(c.Get(fiber.HeaderIfNoneMatch), f.etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, f.mediaType)
	c.Context().Response.SetBodyRaw(f.body)
	return nil
}
