package api

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"rung"
	"rung/api/resource"
)

// patchTries is how often a change is made anew on what somebody else has just written.
const patchTries = 5

// channels serves /channels.
type channels struct {
	services  Services
	log       *slog.Logger
	publicURL string
}

func newChannels(o Options) channels {
	return channels{services: o.Services, log: o.Logger, publicURL: o.PublicURL}
}

func (h channels) mount(r fiber.Router, g guard) {
	read, write := g.allow(resource.ScopeRead), g.allow(resource.ScopeWrite)
	r.Get("/channels", read, h.list)
	r.Post("/channels", write, h.create)
	r.Get("/channels/:id", read, h.get)
	r.Patch("/channels/:id", write, h.patch)
	r.Delete("/channels/:id", write, h.remove)
	r.Post("/channels/:id/start", write, h.change(func(ch *rung.Channel) error { ch.Enabled = true; return nil }))
	r.Post("/channels/:id/stop", write, h.change(func(ch *rung.Channel) error { ch.Enabled = false; return nil }))
	r.Post("/channels/:id/restart", write, h.change(restart))
}

// restart asks for a new session.
func restart(ch *rung.Channel) error {
	if !ch.Enabled {
		return rung.Errorf(rung.CodeConflict, "start it", "channel %q is stopped", ch.ID)
	}
	ch.Restarts++
	return nil
}

func (h channels) list(c *fiber.Ctx) error {
	all, err := allChannels(c.UserContext(), h.services, h.base(c))
	if err != nil {
		return err
	}
	return sendList(c, all)
}

// allChannels gives every channel with its state, by id.
func allChannels(ctx context.Context, s Services, base string) ([]resource.Channel, error) {
	all, err := s.Channels.List(ctx)
	if err != nil {
		return nil, err
	}
	statuses, err := s.Statuses.List(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*rung.ChannelStatus, len(statuses))
	for i := range statuses {
		byID[statuses[i].ID] = &statuses[i]
	}
	slices.SortFunc(all, func(a, b rung.Channel) int { return cmp.Compare(a.ID, b.ID) })
	views := make([]resource.Channel, len(all))
	for i, ch := range all {
		views[i] = channelView(ch, byID[ch.ID], base, time.Now())
	}
	return views, nil
}

func (h channels) create(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var spec resource.ChannelSpec
	if err := readJSON(c, &spec); err != nil {
		return err
	}
	now := time.Now().UTC()
	ch := rung.Channel{Created: now, Updated: now}
	if err := h.apply(ctx, &ch, spec); err != nil {
		return err
	}
	if _, err := h.services.Channels.Put(ctx, ch.ID, ch, 0); err != nil {
		if rung.CodeOf(err) == rung.CodeConflict {
			return rung.Errorf(rung.CodeConflict, "change it with PATCH, or choose another id", "channel %q exists already", ch.ID)
		}
		return err
	}
	h.tell(ctx, "channel.created", ch.ID, "channel created")
	c.Set(fiber.HeaderLocation, "/api/v1/channels/"+ch.ID)
	c.Status(fiber.StatusCreated)
	return c.JSON(channelView(ch, nil, h.base(c), now))
}

func (h channels) get(c *fiber.Ctx) error {
	ch, _, err := h.services.Channels.Get(c.UserContext(), utils.CopyString(c.Params("id")))
	if err != nil {
		return err
	}
	return h.send(c, ch)
}

// patch merges the request's body into what the operator has set (RFC 7396). What is not in the patch stays, the
// source's secrets among it.
func (h channels) patch(c *fiber.Ctx) error {
	if err := wantMedia(c, mergePatch, fiber.MIMEApplicationJSON); err != nil {
		return err
	}
	var patch map[string]any
	if err := decodeStrict(c.Body(), &patch); err != nil {
		return err
	}
	body := utils.CopyBytes(c.Body())
	ctx := c.UserContext()
	return h.update(c, func(ch *rung.Channel) error {
		spec, err := mergeSpec(specOf(*ch), body)
		if err != nil {
			return err
		}
		if spec.ID != ch.ID {
			return rung.Errorf(rung.CodeInvalid, "create a channel with the new id and delete this one", "channel %q: its id cannot become %q", ch.ID, spec.ID)
		}
		return h.apply(ctx, ch, spec)
	})
}

// change makes a handler of a change to the channel.
func (h channels) change(do func(*rung.Channel) error) fiber.Handler {
	return func(c *fiber.Ctx) error { return h.update(c, do) }
}

// update applies do to the channel, again if somebody else has changed it meanwhile, and answers with the channel.
func (h channels) update(c *fiber.Ctx, do func(*rung.Channel) error) error {
	ctx, id := c.UserContext(), utils.CopyString(c.Params("id"))
	for try := 1; ; try++ {
		ch, revision, err := h.services.Channels.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := do(&ch); err != nil {
			return err
		}
		ch.Updated = time.Now().UTC()
		_, err = h.services.Channels.Put(ctx, id, ch, revision)
		if rung.CodeOf(err) == rung.CodeConflict && try < patchTries {
			continue
		}
		if err != nil {
			return err
		}
		h.tell(ctx, "channel.updated", id, "channel updated")
		return h.send(c, ch)
	}
}

// remove deletes the channel and takes its waiting tasks out of the queue.
func (h channels) remove(c *fiber.Ctx) error {
	ctx, id := c.UserContext(), utils.CopyString(c.Params("id"))
	if _, _, err := h.services.Channels.Get(ctx, id); err != nil {
		return err
	}
	if err := h.services.Channels.Delete(ctx, id); err != nil {
		return err
	}
	if err := h.services.Tasks.Cancel(ctx, rung.Live, id); err != nil {
		h.log.Warn("tasks of a deleted channel stay until their deadline", "channel", id, "error", err)
	}
	h.tell(ctx, "channel.deleted", id, "channel deleted")
	return c.SendStatus(fiber.StatusNoContent)
}

// send answers with the channel and all that is known of it.
func (h channels) send(c *fiber.Ctx, ch rung.Channel) error {
	ctx := c.UserContext()
	var status *rung.ChannelStatus
	st, err := h.services.Statuses.Get(ctx, ch.ID)
	switch {
	case err == nil:
		status = &st
	case rung.CodeOf(err) != rung.CodeNotFound:
		return err
	}
	view := channelView(ch, status, h.base(c), time.Now())
	if view.Renditions, err = h.renditions(ctx, ch.ID); err != nil {
		return err
	}
	for _, r := range view.Renditions {
		view.Latency = max(view.Latency, r.Latency)
	}
	return c.JSON(view)
}

// renditions gives what is published, or before that what the ladder promises.
func (h channels) renditions(ctx context.Context, id string) ([]resource.Rendition, error) {
	if h.services.Presentations != nil {
		published, err := h.services.Presentations.Renditions(ctx, rung.Live, id)
		if err == nil && len(published) > 0 {
			return published, nil
		}
		if err != nil && rung.CodeOf(err) != rung.CodeNotFound {
			return nil, err
		}
	}
	if h.services.Timelines == nil {
		return nil, nil
	}
	timeline, err := h.services.Timelines.Get(ctx, id)
	if rung.CodeOf(err) == rung.CodeNotFound {
		return nil, nil
	}
	return promised(timeline.Ladder), err
}

// apply checks what the operator asks for and sets it.
func (h channels) apply(ctx context.Context, ch *rung.Channel, spec resource.ChannelSpec) error {
	if err := rung.ValidID("channel", spec.ID); err != nil {
		return err
	}
	keepSecrets(&spec.Source, ch.Source)
	if err := checkSpec(spec); err != nil {
		return err
	}
	if h.services.CheckSource != nil {
		if err := h.services.CheckSource(spec.Source); err != nil {
			return err
		}
	}
	if spec.Profile != ch.Profile {
		if err := mustExist(ctx, h.services.Profiles, spec.Profile); err != nil {
			return err
		}
	}
	ch.ID, ch.Name, ch.Source, ch.Profile = spec.ID, spec.Name, spec.Source, spec.Profile
	ch.Enabled = spec.Enabled == nil || *spec.Enabled
	ch.Window, ch.DVR = spec.Window, spec.DVR
	return nil
}

// tell puts an operator's doing into the feed. The feed being away does not undo what was done.
func (h channels) tell(ctx context.Context, what, id, message string) {
	e := rung.Event{Time: time.Now().UTC(), Type: what, Severity: rung.Info, Channel: id, Message: message}
	if err := h.services.Events.Publish(ctx, e); err != nil {
		h.log.Warn("event not published", "type", what, "channel", id, "error", err)
	}
}

// base is what the playback URL begins with.
func (h channels) base(c *fiber.Ctx) string { return baseURL(c, h.publicURL) }

// baseURL is public, or else the scheme and host that the request came by.
func baseURL(c *fiber.Ctx, public string) string {
	if public != "" {
		return public
	}
	return utils.CopyString(c.BaseURL())
}

// mustExist refuses a profile that there is not.
func mustExist(ctx context.Context, all Profiles, name string) error {
	if err := rung.ValidID("profile", name); err != nil {
		return err
	}
	_, err := all.Get(ctx, name)
	if rung.CodeOf(err) == rung.CodeNotFound {
		return rung.Errorf(rung.CodeInvalid, "see GET /api/v1/profiles for what there is", "profile %q does not exist", name)
	}
	return err
}

// specOf is the operator's part of a channel.
func specOf(ch rung.Channel) resource.ChannelSpec {
	return resource.ChannelSpec{ID: ch.ID, Name: ch.Name, Source: ch.Source, Profile: ch.Profile, Enabled: &ch.Enabled, Window: ch.Window, DVR: ch.DVR}
}

// mergeSpec applies a merge patch to the operator's part of a channel.
func mergeSpec(spec resource.ChannelSpec, patch []byte) (resource.ChannelSpec, error) {
	var merged resource.ChannelSpec
	doc, err := json.Marshal(spec)
	if err != nil {
		return merged, err
	}
	if doc, err = mergeJSON(doc, patch); err != nil {
		return merged, err
	}
	return merged, decodeStrict(doc, &merged)
}
