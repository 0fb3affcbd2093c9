package ingest

import (
	"context"
	"sync"
	"time"

	"rung"
)

const (
	// maxPlans bounds the jobs that are planned at once: each reads a whole input.
	maxPlans = 2
	// planTries is how often planning is tried where what it needs is away.
	planTries = 5
)

// Planner turns queued jobs into tasks.
type Planner struct {
	opts PlannerOptions

	mu      sync.Mutex
	jobs    map[string]*jobEntry
	slots   chan struct{}
	running sync.WaitGroup
}

// NewPlanner makes a Planner.
func NewPlanner(o PlannerOptions) *Planner {
	return &Planner{opts: o, jobs: map[string]*jobEntry{}, slots: make(chan struct{}, maxPlans)}
}

// Run plans jobs until the context ends. A job whose planner died is planned again, into the same session.
func (p *Planner) Run(ctx context.Context) error {
	planning, stop := context.WithCancel(ctx)
	defer p.running.Wait()
	defer stop()
	err := p.opts.Jobs.Watch(ctx, func(id string, j *rung.Job, rev uint64) { p.apply(planning, id, j, rev) })
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// apply keeps a job's newest revision and begins to plan it if that is still to be done.
func (p *Planner) apply(ctx context.Context, id string, j *rung.Job, rev uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.jobs[id]
	if j == nil || !unplanned(j.State) {
		if e != nil {
			e.set(j, rev)
		}
		return
	}
	if e != nil {
		e.set(j, rev)
		return
	}
	attending, cancel := context.WithCancel(ctx)
	e = newJobEntry(*j, rev, cancel)
	p.jobs[id] = e
	p.running.Go(func() {
		defer cancel()
		p.attend(attending, e)
		p.mu.Lock()
		delete(p.jobs, id)
		p.mu.Unlock()
	})
}

// unplanned reports whether a job still wants a planner.
func unplanned(s rung.JobState) bool { return s == rung.JobQueued || s == rung.JobPlanning }

// attend plans a job once its lease is free, unless it is ended or planned elsewhere before.
func (p *Planner) attend(ctx context.Context, e *jobEntry) {
	for ctx.Err() == nil {
		lease, err := p.opts.Leases.Acquire(ctx, "job."+e.id)
		if err == nil {
			p.hold(ctx, e, lease)
			return
		}
		if rung.CodeOf(err) != rung.CodeConflict && ctx.Err() == nil {
			p.opts.Logger.Warn("lease not acquired, trying again", "job", e.id, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(leaseTime):
		}
	}
}

// hold plans a job while the lease is held.
func (p *Planner) hold(ctx context.Context, e *jobEntry, lease Lease) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-lease.Lost():
			cancel()
		case <-stop:
		}
	})
	select {
	case p.slots <- struct{}{}:
		p.carry(ctx, e)
		<-p.slots
	case <-ctx.Done():
	}
	close(stop)
	watching.Wait()
	release, done := context.WithTimeout(context.WithoutCancel(ctx), finalTime)
	defer done()
	if err := lease.Release(release); err != nil {
		p.opts.Logger.Warn("lease not released", "job", e.id, "error", err)
	}
}

// carry takes a job from queued to running, or to failed.
func (p *Planner) carry(ctx context.Context, e *jobEntry) {
	job, ok := p.update(ctx, e, func(j *rung.Job) {
		if j.Session == "" {
			j.Session = sessionID(time.Now(), "")
		}
		j.State = rung.JobPlanning
	})
	if !ok {
		return
	}
	p.opts.Logger.Info("job planning", "job", job.ID, "input", redact(job.Input), "profile", job.Profile)
	tasks, media, err := p.planWithRetries(ctx, job)
	if err == nil {
		err = p.submit(ctx, e, tasks, media)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	p.opts.Logger.Warn("job failed", "job", job.ID, "error", err)
	p.update(ctx, e, func(j *rung.Job) {
		j.State, j.Error, j.Finished = rung.JobFailed, rung.AsError(err), time.Now().UTC()
	})
}

// planWithRetries plans, again where something was away.
func (p *Planner) planWithRetries(ctx context.Context, job rung.Job) (tasks []rung.Task, media rung.MediaInfo, err error) {
	wait := retryFirst
	for range planTries {
		tasks, media, err = p.Plan(ctx, job)
		switch rung.CodeOf(err) {
		case rung.CodeUnavailable, rung.CodeOverloaded, rung.CodeDeadline, rung.CodeEngine:
		default:
			return tasks, media, err
		}
		select {
		case <-ctx.Done():
			return nil, media, ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, retryMost)
	}
	return tasks, media, err
}

// submit puts the tasks into the queue. The job says how many there are before the first of them, so that results find
// it, and is running once the last is in: a planner that dies before is followed by one that submits them all again,
// which the queue and the store bear.
func (p *Planner) submit(ctx context.Context, e *jobEntry, tasks []rung.Task, media rung.MediaInfo) error {
	last := tasks[len(tasks)-1]
	if _, ok := p.update(ctx, e, func(j *rung.Job) {
		j.Media, j.Segments = &media, int64(len(tasks))
		j.DurationUS = last.Ladder.Grid.Micros(last.Interval.End())
	}); !ok {
		return nil
	}
	for _, t := range tasks {
		t.Raised = time.Now().UTC().Round(0)
		if err := p.submitOne(ctx, t); err != nil {
			if e.gone() {
				p.cancel(ctx, e.id)
			}
			return err
		}
	}
	job, ok := p.update(ctx, e, func(j *rung.Job) {
		if unplanned(j.State) {
			j.State, j.Started = rung.JobRunning, time.Now().UTC()
		}
	})
	if ok {
		p.opts.Logger.Info("job running", "job", job.ID, "segments", len(tasks), "duration_us", job.DurationUS)
	} else if e.gone() {
		p.cancel(ctx, e.id)
	}
	return nil
}

// submitOne submits a task, again while the queue is away.
func (p *Planner) submitOne(ctx context.Context, t rung.Task) error {
	wait := retryFirst
	for {
		err := p.opts.Tasks.Submit(ctx, t)
		if err == nil {
			return nil
		}
		if code := rung.CodeOf(err); code == rung.CodeInvalid || code == rung.CodeFull {
			return err
		}
		p.opts.Logger.Warn("segment not submitted, trying again", "job", t.ID.Owner, "segment", t.ID.Number, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, retryMost)
	}
}

// cancel takes back what a job that was canceled or deleted while it was submitted has in the queue.
func (p *Planner) cancel(ctx context.Context, id string) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), finalTime)
	defer done()
	if err := p.opts.Tasks.Cancel(ctx, rung.VOD, id); err != nil {
		p.opts.Logger.Warn("tasks of a canceled job not canceled", "job", id, "error", err)
	}
}

// update changes a job over its newest revision, again where another was there first. ok is false where the job wants
// no planner any more, or the context has ended. A change of state is an event.
func (p *Planner) update(ctx context.Context, e *jobEntry, change func(*rung.Job)) (job rung.Job, ok bool) {
	for {
		j, rev, wanted := e.newest()
		if !wanted || ctx.Err() != nil {
			return j, false
		}
		before := j.State
		change(&j)
		next, err := p.opts.Jobs.Update(ctx, j, rev)
		if err == nil {
			e.updated(j, next)
			if j.State != before {
				p.tell(ctx, j)
			}
			return j, true
		}
		if rung.CodeOf(err) != rung.CodeConflict {
			p.opts.Logger.Warn("job not updated, trying again", "job", e.id, "error", err)
		}
		e.waitNewer(ctx, rev)
	}
}

// tell publishes a job's new state.
func (p *Planner) tell(ctx context.Context, j rung.Job) {
	ev := rung.Event{Time: time.Now().UTC(), Type: "job.state", Severity: rung.Info, Job: j.ID, Node: p.opts.Node,
		Code: string(j.State), Message: "job " + j.ID + " is " + string(j.State)}
	if j.Error != nil {
		ev.Severity, ev.Message = rung.Major, ev.Message+": "+j.Error.Message
	}
	if err := p.opts.Events.Publish(ctx, ev); err != nil && ctx.Err() == nil {
		p.opts.Logger.Warn("event not published", "job", j.ID, "error", err)
	}
}
