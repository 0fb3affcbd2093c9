package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/jpeg" // the formats that a slate may have
	_ "image/png"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"rung"
	"rung/api/resource"
)

// Bounds of a slate: what a message of the queue carries beside its own, and what a video picture may be.
const (
	maxSlateBytes = 512 << 10
	minSlateSide  = 16   // pixels
	maxSlateSide  = 4096 // pixels
)

// slates serves /channels/ID/slate: the image that a channel shows when its source is not there. It is kept under the
// SHA-256 of its bytes, so that tasks that name it mean the same picture for ever.
type slates struct{ channels channels }

func (h slates) mount(r fiber.Router, g guard) {
	r.Get("/channels/:id/slate", g.allow(resource.ScopeRead), h.get)
	r.Put("/channels/:id/slate", g.allow(resource.ScopeWrite), h.put)
	r.Delete("/channels/:id/slate", g.allow(resource.ScopeWrite), h.remove)
}

// put checks and keeps the image, and gives the channel its key. A running channel shows it from its next segment on.
func (h slates) put(c *fiber.Ctx) error {
	if err := wantMedia(c, "image/png", "image/jpeg"); err != nil {
		return err
	}
	img := utils.CopyBytes(c.Body())
	if err := checkSlate(img); err != nil {
		return err
	}
	hash := sha256.Sum256(img)
	key := hex.EncodeToString(hash[:])
	id := utils.CopyString(c.Params("id"))
	if _, _, err := h.channels.services.Channels.Get(c.UserContext(), id); err != nil {
		return err
	}
	if err := h.channels.services.Slates.Put(c.UserContext(), key, img); err != nil {
		return err
	}
	return h.channels.update(c, func(ch *rung.Channel) error { ch.Slate = key; return nil })
}

// checkSlate decodes an image once, within bounds: what is kept can be shown.
func checkSlate(img []byte) error {
	const hint = "send a PNG or JPEG image of up to 512 KiB and 4096x4096 pixels, best of the channel's own size"
	if len(img) > maxSlateBytes {
		return rung.Errorf(rung.CodeInvalid, hint, "slate of %d bytes is over %d", len(img), maxSlateBytes)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(img))
	if err != nil {
		return rung.Errorf(rung.CodeInvalid, hint, "slate is neither PNG nor JPEG: %w", err)
	}
	if min(c.Width, c.Height) < minSlateSide || max(c.Width, c.Height) > maxSlateSide {
		return rung.Errorf(rung.CodeInvalid, hint, "slate of %dx%d pixels is outside %dx%d to %dx%d", c.Width, c.Height, minSlateSide, minSlateSide, maxSlateSide, maxSlateSide)
	}
	if _, _, err := image.Decode(bytes.NewReader(img)); err != nil {
		return rung.Errorf(rung.CodeInvalid, hint, "slate is damaged: %w", err)
	}
	return nil
}

// get gives the image as it was uploaded.
func (h slates) get(c *fiber.Ctx) error {
	ch, _, err := h.channels.services.Channels.Get(c.UserContext(), utils.CopyString(c.Params("id")))
	if err != nil {
		return err
	}
	if ch.Slate == "" {
		return rung.Errorf(rung.CodeNotFound, "upload one with PUT", "channel %q has no slate of its own", ch.ID)
	}
	img, err := h.channels.services.Slates.Get(c.UserContext(), ch.Slate)
	if err != nil {
		return err
	}
	_, format, err := image.DecodeConfig(bytes.NewReader(img))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/"+format)
	return c.Send(img)
}

// remove goes back to the built-in slate. The image stays for tasks that name it.
func (h slates) remove(c *fiber.Ctx) error {
	return h.channels.update(c, func(ch *rung.Channel) error { ch.Slate = ""; return nil })
}
