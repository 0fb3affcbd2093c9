package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"rung"
	"rung/api/resource"
)

// tokens serves /tokens.
type tokens struct {
	records Records[resource.Token]
}

func newTokens(r Records[resource.Token]) tokens { return tokens{records: r} }

func (h tokens) mount(r fiber.Router, g guard) {
	r.Get("/tokens", g.allow(resource.ScopeAdmin), h.list)
	r.Post("/tokens", g.allow(resource.ScopeAdmin), h.create)
	r.Delete("/tokens/:id", g.allow(resource.ScopeAdmin), h.remove)
}

func (h tokens) list(c *fiber.Ctx) error {
	all, err := h.records.List(c.UserContext())
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b resource.Token) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return sendList(c, all)
}

func (h tokens) create(c *fiber.Ctx) error {
	var spec resource.TokenSpec
	if err := readJSON(c, &spec); err != nil {
		return err
	}
	if spec.Name == "" || len(spec.Name) > 100 {
		return rung.Errorf(rung.CodeInvalid, "say what it is for", "token name of %d bytes is not 1 to 100", len(spec.Name))
	}
	if len(spec.Scopes) == 0 {
		return rung.Errorf(rung.CodeInvalid, "give read, write or admin", "token %q has no scope", spec.Name)
	}
	for _, s := range spec.Scopes {
		if !s.Valid() {
			return rung.Errorf(rung.CodeInvalid, "", "token %q: scope %q is not one of read, write, admin", spec.Name, s)
		}
	}
	secret, t := resource.NewToken(spec.Name, spec.Scopes, time.Now())
	if _, err := h.records.Put(c.UserContext(), t.ID, t, 0); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(fiber.StatusCreated).JSON(resource.CreatedToken{Token: t, Secret: secret})
}

func (h tokens) remove(c *fiber.Ctx) error {
	id := utils.CopyString(c.Params("id"))
	own, _ := c.Locals(tokenLocal).(resource.Token)
	if own.ID == id {
		return rung.Errorf(rung.CodeConflict, "delete it with another admin token", "token %q is the one that this request uses", own.Name)
	}
	if _, _, err := h.records.Get(c.UserContext(), id); err != nil {
		return err
	}
	if err := h.records.Delete(c.UserContext(), id); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// sendList answers with all of a kind; an empty list is a list.
func sendList[T any](c *fiber.Ctx, items []T) error {
	if items == nil {
		items = []T{}
	}
	return c.JSON(resource.List[T]{Items: items})
}
