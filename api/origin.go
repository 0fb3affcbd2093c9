package api

import (
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"golang.org/x/sync/singleflight"

	"rung"
)

// Caching of what players fetch. A playlist is asked for anew each time, which its entity tag makes cheap: a live one
// changes every few seconds, and a film's job may be run again. Segments never change.
const (
	cachePlaylist = "no-cache"
	cacheSegment  = "public, max-age=31536000, immutable"
)

// namePattern is what one element of a presentation's path may be: no dot in front, so no way up.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// maxDepth is the number of elements of the deepest path: live/channel/session/rendition/segment.
const maxDepth = 5

// origin serves presentations from the store.
type origin struct {
	objects   Objects
	playlists *playlistCache
	segments  *segmentCache
	flight    singleflight.Group
}

func newOrigin(objects Objects, cache *segmentCache) *origin {
	return &origin{objects: objects, playlists: newPlaylistCache(objects), segments: cache}
}

func (o *origin) mount(app *fiber.App) {
	for _, kind := range []string{"/live/*", "/vod/*"} {
		app.Get(kind, o.serve)
		app.Options(kind, o.preflight)
	}
}

// preflight lets any page ask for ranges.
func (o *origin) preflight(c *fiber.Ctx) error {
	allowAll(c)
	c.Set(fiber.HeaderAccessControlAllowMethods, "GET, HEAD, OPTIONS")
	c.Set(fiber.HeaderAccessControlAllowHeaders, "Range, If-None-Match, If-Range")
	c.Set(fiber.HeaderAccessControlMaxAge, "86400")
	return c.SendStatus(fiber.StatusNoContent)
}

// allowAll lets pages of any origin play.
func allowAll(c *fiber.Ctx) {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderAccessControlExposeHeaders, "Content-Length, Content-Range, Date, ETag")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

func (o *origin) serve(c *fiber.Ctx) error {
	allowAll(c)
	key, err := keyOf(utils.CopyString(c.Path()))
	if err != nil {
		return err
	}
	switch path.Ext(key) {
	case ".m3u8":
		return o.servePlaylist(c, key)
	case ".mp4", ".m4s":
		return o.serveSegment(c, key)
	}
	return noObject(key)
}

// keyOf is the object's key for a request's path.
func keyOf(requestPath string) (string, error) {
	key := strings.TrimPrefix(requestPath, "/")
	names := strings.Split(key, "/")
	if len(names) < 3 || len(names) > maxDepth {
		return "", noObject(key)
	}
	for _, name := range names {
		if !namePattern.MatchString(name) {
			return "", noObject(key)
		}
	}
	return key, nil
}

func noObject(key string) error {
	return rung.Errorf(rung.CodeNotFound, "a channel's presentation appears with its first segments, a job's when it is done", "%q is not there", strings.ToValidUTF8(key, "?"))
}

func (o *origin) servePlaylist(c *fiber.Ctx, key string) error {
	p, err := o.playlists.get(c.UserContext(), key)
	if err != nil {
		return originError(key, err)
	}
	body, etag := p.body, p.etag
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if acceptsGzip(c.Get(fiber.HeaderAcceptEncoding)) {
		body, etag = p.packed, p.packedETag
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	c.Set(fiber.HeaderCacheControl, cachePlaylist)
	c.Set(fiber.HeaderETag, etag)
	if etagMatches(c.Get(fiber.HeaderIfNoneMatch), etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, "application/vnd.apple.mpegurl")
	c.Context().Response.SetBodyRaw(body)
	return nil
}

func (o *origin) serveSegment(c *fiber.Ctx, key string) error {
	seg, info, err := o.segment(c.UserContext(), key)
	if err != nil {
		return originError(key, err)
	}
	etag, size := info.ETag, info.Size
	c.Set(fiber.HeaderCacheControl, cacheSegment)
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	if etagMatches(c.Get(fiber.HeaderIfNoneMatch), etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	r, partial, satisfiable := wantedRange(c, etag, size)
	if !satisfiable {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", size))
		return fiber.NewError(fiber.StatusRequestedRangeNotSatisfiable, fmt.Sprintf("range %q has no byte of the object's %d", c.Get(fiber.HeaderRange), size))
	}
	c.Set(fiber.HeaderContentType, segmentType(key))
	if partial {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", r.first, r.last, size))
	}
	if seg != nil {
		c.Context().Response.SetBodyRaw(seg.body[r.first : r.last+1])
		return nil
	}
	return o.stream(c, key, r)
}

// wantedRange is the stretch that the request wants; the whole if it names none, or names one of another version.
func wantedRange(c *fiber.Ctx, etag string, size int64) (r byteRange, partial, satisfiable bool) {
	whole := byteRange{0, size - 1}
	if c.Method() != fiber.MethodGet {
		return whole, false, true // RFC 9110, 14.2: Range is for GET
	}
	if condition := c.Get(fiber.HeaderIfRange); condition != "" && condition != etag {
		return whole, false, true
	}
	r, asked, satisfiable := parseRange(c.Get(fiber.HeaderRange), size)
	if !asked {
		return whole, false, true
	}
	return r, true, satisfiable
}

// segment gives the segment from memory, or from the store into memory: players that ask for it at once cost one read.
// One too large for memory is only described.
func (o *origin) segment(ctx context.Context, key string) (*segment, rung.ObjectInfo, error) {
	if seg := o.segments.get(key); seg != nil {
		return seg, seg.info(), nil
	}
	type answer struct {
		seg  *segment
		info rung.ObjectInfo
	}
	v, err, _ := o.flight.Do(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		info, err := o.objects.Stat(ctx, key)
		if err != nil {
			return nil, err
		}
		info.ETag = strongETag(info)
		if info.Size > o.segments.largest() {
			return answer{nil, info}, nil
		}
		seg, err := o.load(ctx, key, info)
		if err != nil {
			return nil, err
		}
		o.segments.put(seg)
		return answer{seg, seg.info()}, nil
	})
	if err != nil {
		return nil, rung.ObjectInfo{}, err
	}
	a := v.(answer)
	return a.seg, a.info, nil
}

// load reads a whole segment.
func (o *origin) load(ctx context.Context, key string, info rung.ObjectInfo) (*segment, error) {
	r, _, err := o.objects.Open(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	body := make([]byte, info.Size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, rung.Errorf(rung.CodeUnavailable, "try again in a moment", "%q ended before its %d bytes: %w", key, info.Size, err)
	}
	return &segment{key: key, body: body, etag: info.ETag}, nil
}

// stream serves a stretch straight from the store.
func (o *origin) stream(c *fiber.Ctx, key string, r byteRange) error {
	c.Context().Response.Header.SetContentLength(int(r.length()))
	if c.Method() == fiber.MethodHead {
		c.Context().Response.SkipBody = true
		return nil
	}
	body, _, err := o.objects.Open(c.UserContext(), key, r.first, r.length())
	if err != nil {
		return originError(key, err)
	}
	c.Context().Response.SetBodyStream(body, int(r.length())) // closes it
	return nil
}

// strongETag is the store's tag; segments are named once and never change, so that the key serves where it has none.
func strongETag(info rung.ObjectInfo) string {
	if strings.HasPrefix(info.ETag, `"`) {
		return info.ETag
	}
	return etagOf([]byte(fmt.Sprintf("%s %d", info.Key, info.Size)))
}

// originError hides the store's words for what is not there behind the path's own.
func originError(key string, err error) error {
	if rung.CodeOf(err) == rung.CodeNotFound {
		return noObject(key)
	}
	return err
}

// segmentType is the MIME type of a segment: its rendition's folder tells sound from pictures.
func segmentType(key string) string {
	if strings.HasPrefix(path.Base(path.Dir(key)), "audio") {
		return "audio/mp4"
	}
	return "video/mp4"
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, 12.5.3).
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.TrimSpace(name) != "gzip" {
			continue
		}
		weight = strings.ReplaceAll(weight, " ", "")
		return weight != "q=0" && weight != "q=0.0"
	}
	return false
}
