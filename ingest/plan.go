package ingest

import (
	"context"
	"time"

	"rung"
)

// plan is one job on its way to tasks.
type plan struct {
	planner  *Planner
	job      rung.Job
	object   Object
	media    rung.MediaInfo
	resolver Resolver
	tasks    []rung.Task
}

// Plan finds out what a job's input is and gives the tasks for all of it, in order, the last one marked. The session is
// the job's, or a new one where it has none. Submitting them is the caller's. Errors name what is wrong with the input
// (CodeBadInput, CodeUnsupported, CodeEncrypted, CodeNotFound), the profile (CodeInvalid, CodeNotFound), or what was away.
func (p *Planner) Plan(ctx context.Context, job rung.Job) ([]rung.Task, rung.MediaInfo, error) {
	if job.Session == "" {
		job.Session = sessionID(time.Now(), "")
	}
	resolver, err := p.opts.Profiles(ctx, job.Profile)
	if err != nil {
		return nil, rung.MediaInfo{}, err
	}
	object, err := p.opts.Objects(ctx, job.Input)
	if err != nil {
		return nil, rung.MediaInfo{}, err
	}
	defer object.Close()
	pl := &plan{planner: p, job: job, object: object, resolver: resolver}
	if pl.media, err = p.opts.Prober.Probe(ctx, object, object.Size(), ""); err != nil {
		return nil, pl.media, err
	}
	if pl.media.Format == "mpegts" {
		err = pl.transport(ctx)
	} else {
		err = pl.indexed(ctx)
	}
	if err == nil && len(pl.tasks) == 0 {
		err = rung.Errorf(rung.CodeBadInput, "check that the input plays elsewhere", "input %q: no picture or sound that can be decoded", redact(job.Input))
	}
	return pl.tasks, pl.media, err
}

// options are a job's for the segmenter.
func (p *plan) options(l layout, ladder rung.Ladder, where locator) segmenterOptions {
	id := rung.SegmentID{Kind: rung.VOD, Owner: p.job.ID, Session: p.job.Session}
	o := segmenterOptions{id: id, ladder: ladder, prefix: id.Prefix(), format: p.media.Format, layout: l, locator: where,
		origin: p.job.Created,
		raise:  func(t rung.Task) { p.tasks = append(p.tasks, t) }}
	if p.job.Output != "" {
		o.store, o.prefix = p.job.Output, p.job.Session
	}
	return o
}
