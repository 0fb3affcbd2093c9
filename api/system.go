package api

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"rung"
	"rung/api/resource"
)

// system serves /nodes and /probe.
type system struct {
	services Services
}

func newSystem(s Services) system { return system{services: s} }

func (h system) mount(r fiber.Router, g guard) {
	r.Get("/nodes", g.allow(resource.ScopeRead), h.nodes)
	r.Post("/probe", g.allow(resource.ScopeWrite), h.probe)
}

func (h system) nodes(c *fiber.Ctx) error {
	all, err := h.services.Nodes.List(c.UserContext())
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b rung.Node) int { return cmp.Compare(a.ID, b.ID) })
	for i := range all {
		if all[i].Roles == nil {
			all[i].Roles = []string{}
		}
	}
	return sendList(c, all)
}

func (h system) probe(c *fiber.Ctx) error {
	if h.services.Probe == nil {
		return rung.Errorf(rung.CodeUnsupported, "ask a server with the ingest role, or run rung probe", "this server does not probe")
	}
	var spec resource.ProbeSpec
	if err := readJSON(c, &spec); err != nil {
		return err
	}
	if err := checkURL("url", spec.URL, sourceSchemes); err != nil {
		return err
	}
	media, err := h.services.Probe(c.UserContext(), spec.URL)
	if err != nil {
		return err
	}
	fillMedia(&media)
	return c.JSON(media)
}
