package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"rung"
	"rung/api/resource"
)

// yamlTypes are the media types of a profile's text (RFC 9512, and what clients sent before it).
var yamlTypes = []string{"application/yaml", "application/x-yaml", "text/yaml", "text/plain"}

// profiles serves /profiles.
type profiles struct {
	services Services
}

func newProfiles(s Services) profiles { return profiles{services: s} }

func (h profiles) mount(r fiber.Router, g guard) {
	r.Get("/profiles", g.allow(resource.ScopeRead), h.list)
	r.Get("/profiles/:name", g.allow(resource.ScopeRead), h.get)
	r.Put("/profiles/:name", g.allow(resource.ScopeWrite), h.put)
	r.Delete("/profiles/:name", g.allow(resource.ScopeWrite), h.remove)
	r.Post("/profiles/:name/check", g.allow(resource.ScopeRead), h.check)
}

func (h profiles) list(c *fiber.Ctx) error {
	all, err := h.services.Profiles.List(c.UserContext())
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b resource.Profile) int { return cmp.Compare(a.Name, b.Name) })
	for i := range all {
		fillLadder(&all[i].Ladder)
	}
	return sendList(c, all)
}

func (h profiles) get(c *fiber.Ctx) error {
	p, err := h.services.Profiles.Get(c.UserContext(), utils.CopyString(c.Params("name")))
	if err != nil {
		return err
	}
	fillLadder(&p.Ladder)
	return c.JSON(p)
}

func (h profiles) check(c *fiber.Ctx) error {
	p, err := h.read(c)
	if err != nil {
		return err
	}
	return c.JSON(p)
}

func (h profiles) put(c *fiber.Ctx) error {
	p, err := h.read(c)
	if err != nil {
		return err
	}
	old, err := h.services.Profiles.Get(c.UserContext(), p.Name)
	if err == nil && old.Builtin {
		return builtinFault(p.Name)
	}
	if err != nil && rung.CodeOf(err) != rung.CodeNotFound {
		return err
	}
	if err := h.services.Profiles.Put(c.UserContext(), p.Name, []byte(p.YAML)); err != nil {
		return err
	}
	return c.JSON(p)
}

// read checks the request's text under the name of its path.
func (h profiles) read(c *fiber.Ctx) (resource.Profile, error) {
	name := utils.CopyString(c.Params("name"))
	if err := rung.ValidID("profile", name); err != nil {
		return resource.Profile{}, err
	}
	if err := wantMedia(c, yamlTypes...); err != nil {
		return resource.Profile{}, err
	}
	text := utils.CopyBytes(c.Body())
	p, err := h.services.CheckProfile(name, text)
	if err != nil {
		return resource.Profile{}, err
	}
	p.Name, p.YAML = name, string(text)
	fillLadder(&p.Ladder)
	return p, nil
}

func (h profiles) remove(c *fiber.Ctx) error {
	name := utils.CopyString(c.Params("name"))
	p, err := h.services.Profiles.Get(c.UserContext(), name)
	if err != nil {
		return err
	}
	if p.Builtin {
		return builtinFault(name)
	}
	if err := h.unused(c.UserContext(), name); err != nil {
		return err
	}
	if err := h.services.Profiles.Delete(c.UserContext(), name); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// unused refuses if a channel uses the profile.
func (h profiles) unused(ctx context.Context, name string) error {
	all, err := h.services.Channels.List(ctx)
	if err != nil {
		return err
	}
	for _, ch := range all {
		if ch.Profile == name {
			return rung.Errorf(rung.CodeConflict, "give the channel another profile first", "profile %q is used by channel %q", name, ch.ID)
		}
	}
	return nil
}

func builtinFault(name string) error {
	return rung.Errorf(rung.CodeConflict, "keep yours under another name", "profile %q is built in and stays as it is", name)
}

// fillLadder makes empty lists lists.
func fillLadder(l *rung.Ladder) {
	if l.Video == nil {
		l.Video = []rung.VideoRendition{}
	}
	if l.Audio == nil {
		l.Audio = []rung.AudioRendition{}
	}
}
