package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"rung"
	"rung/api/resource"
)

// jobs serves /jobs.
type jobs struct {
	services  Services
	log       *slog.Logger
	publicURL string
}

func newJobs(o Options) jobs {
	return jobs{services: o.Services, log: o.Logger, publicURL: o.PublicURL}
}

func (h jobs) mount(r fiber.Router, g guard) {
	r.Get("/jobs", g.allow(resource.ScopeRead), h.list)
	r.Post("/jobs", g.allow(resource.ScopeWrite), h.create)
	r.Get("/jobs/:id", g.allow(resource.ScopeRead), h.get)
	r.Delete("/jobs/:id", g.allow(resource.ScopeWrite), h.remove)
}

// list gives the jobs, newest first.
func (h jobs) list(c *fiber.Ctx) error {
	all, err := h.services.Jobs.List(c.UserContext())
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b rung.Job) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	views := make([]resource.Job, len(all))
	for i, j := range all {
		views[i] = jobView(j, baseURL(c, h.publicURL))
	}
	return sendList(c, views)
}

func (h jobs) create(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var spec resource.JobSpec
	if err := readJSON(c, &spec); err != nil {
		return err
	}
	if spec.ID == "" {
		spec.ID = "job-" + strings.ToLower(rand.Text()[:12])
	}
	if err := h.checkSpec(ctx, spec); err != nil {
		return err
	}
	j := rung.Job{ID: spec.ID, Input: spec.Input, Profile: spec.Profile, Output: spec.Output, State: rung.JobQueued, Created: time.Now().UTC()}
	if _, err := h.services.Jobs.Put(ctx, j.ID, j, 0); err != nil {
		if rung.CodeOf(err) == rung.CodeConflict {
			return rung.Errorf(rung.CodeConflict, "choose another id, or none", "job %q exists already", j.ID)
		}
		return err
	}
	h.tell(ctx, j.ID, "job queued")
	c.Set(fiber.HeaderLocation, "/api/v1/jobs/"+j.ID)
	return c.Status(fiber.StatusCreated).JSON(jobView(j, baseURL(c, h.publicURL)))
}

func (h jobs) checkSpec(ctx context.Context, spec resource.JobSpec) error {
	if err := rung.ValidID("job", spec.ID); err != nil {
		return err
	}
	if err := checkURL("input", spec.Input, inputSchemes); err != nil {
		return err
	}
	if spec.Output != "" {
		if err := checkURL("output", spec.Output, outputSchemes); err != nil {
			return err
		}
	}
	if spec.Profile == "" {
		return rung.Errorf(rung.CodeInvalid, "see GET /api/v1/profiles for what there is", "job %q has no profile", spec.ID)
	}
	return mustExist(ctx, h.services.Profiles, spec.Profile)
}

func (h jobs) get(c *fiber.Ctx) error {
	j, _, err := h.services.Jobs.Get(c.UserContext(), utils.CopyString(c.Params("id")))
	if err != nil {
		return err
	}
	return c.JSON(jobView(j, baseURL(c, h.publicURL)))
}

// remove cancels a job that has not ended and answers with it; of one that has, it deletes the record, and the packager
// what the job has published in the system's store. A film in an output of the job's own stays.
func (h jobs) remove(c *fiber.Ctx) error {
	ctx, id := c.UserContext(), utils.CopyString(c.Params("id"))
	for try := 1; ; try++ {
		j, revision, err := h.services.Jobs.Get(ctx, id)
		if err != nil {
			return err
		}
		if j.State.Ended() {
			if err := h.services.Jobs.Delete(ctx, id); err != nil {
				return err
			}
			return c.SendStatus(fiber.StatusNoContent)
		}
		j.State, j.Finished = rung.JobCanceled, time.Now().UTC()
		_, err = h.services.Jobs.Put(ctx, id, j, revision)
		if rung.CodeOf(err) == rung.CodeConflict && try < patchTries {
			continue
		}
		if err != nil {
			return err
		}
		if err := h.services.Tasks.Cancel(ctx, rung.VOD, id); err != nil {
			h.log.Warn("tasks of a canceled job stay in the queue", "job", id, "error", err)
		}
		h.tell(ctx, id, "job canceled")
		return c.JSON(jobView(j, baseURL(c, h.publicURL)))
	}
}

// tell puts a job's new state into the feed. The feed being away does not undo what was done.
func (h jobs) tell(ctx context.Context, id, message string) {
	e := rung.Event{Time: time.Now().UTC(), Type: "job.state", Severity: rung.Info, Job: id, Message: message}
	if err := h.services.Events.Publish(ctx, e); err != nil {
		h.log.Warn("event not published", "type", e.Type, "job", id, "error", err)
	}
}

// jobView is the job as the API shows it.
func jobView(j rung.Job, base string) resource.Job {
	j.Input = hidePassword(j.Input)
	fillMedia(j.Media)
	v := resource.Job{Job: j}
	if j.Segments > 0 {
		v.Progress = min(1, float64(j.Done)/float64(j.Segments))
	}
	if j.State == rung.JobDone {
		v.Progress = 1
		if j.Output == "" {
			v.PlaybackURL = base + "/vod/" + j.ID + "/master.m3u8"
		}
	}
	return v
}
