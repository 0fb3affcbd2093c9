package packager

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"rung"
)

// progressPause is the least time between two updates of a job's progress; statePause that between two saves of what has
// come, which is only there to spare a successor the reading of old results.
const (
	progressPause = 500 * time.Millisecond
	statePause    = 5 * time.Second
)

// errJobOver ends a presentation whose job has ended or was deleted by someone else.
var errJobOver = errors.New("the job is over")

// vod is one job's presentation while this process holds its lease. Its goroutine is the one that calls run.
type vod struct {
	o     *Options
	id    string
	feed  *feed
	store Store
	log   *slog.Logger

	state    *vodState
	rev      uint64
	seen     uint64
	unsaved  bool
	nextSave time.Time
	reported int64 // the job's Done as it was last written
	nextTell time.Time
	trouble  time.Time
	pause    backoff
}

// runVOD collects a running job's results, shows its presentation once all are there, and ends the job.
func runVOD(ctx context.Context, o *Options, id string, f *feed) error {
	v := &vod{o: o, id: id, feed: f, log: o.Log.With("job", id)}
	job, _ := f.vod()
	if job == nil || job.State != rung.JobRunning {
		return errJobOver
	}
	if err := v.load(ctx, job); err != nil {
		return err
	}
	store, err := o.Stores(ctx, job.Output)
	if err != nil {
		if lasting(err) {
			return v.end(ctx, rung.AsError(err))
		}
		return err
	}
	v.store = store
	v.log.Info("presentation is collected here", "session", v.state.Session, "done", len(v.state.Listed), "segments", job.Segments)
	ctx, cancel := context.WithCancel(ctx)
	results, done, after := make(chan arrival), make(chan struct{}), v.state.After
	go func() {
		defer close(done)
		follow(ctx, o, rung.VOD, id, after, results)
	}()
	err = v.run(ctx, results)
	cancel()
	<-done
	v.log.Info("presentation is not collected here any more", "done", len(v.state.Listed), "cause", err)
	return err
}

// lasting reports whether a store's error stays until someone changes something: then the job fails, it does not wait.
func lasting(err error) bool {
	switch rung.CodeOf(err) {
	case rung.CodeUnavailable, rung.CodeFull, rung.CodeCanceled, rung.CodeOverloaded, rung.CodeDeadline:
		return false
	}
	return true
}

// load reads the state, or begins one.
func (v *vod) load(ctx context.Context, job *rung.Job) error {
	v.state = newVODState(job)
	data, rev, err := v.o.State.Load(ctx, StateID(rung.VOD, v.id))
	if rung.CodeOf(err) == rung.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	old := &vodState{}
	if err := unpack(data, old); err != nil {
		return err
	}
	if v.rev = rev; old.Format == vodFormat && old.Session == job.Session && old.Output == job.Output && !old.Removed {
		v.state, v.seen = old, old.After
	}
	return nil
}

// run takes results until the presentation is complete, and ends the job then.
func (v *vod) run(ctx context.Context, results <-chan arrival) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		job, _ := v.feed.vod()
		if job == nil || job.State != rung.JobRunning {
			return errJobOver
		}
		if v.state.Count == 0 && job.Segments > 0 {
			v.state.Count = job.Segments
		}
		if v.state.complete() {
			return v.finish(ctx)
		}
		if err := v.tell(ctx); err != nil {
			return err
		}
		timer.Reset(v.untilNext())
		select {
		case a := <-results:
			if fault := v.take(a); fault != nil {
				return v.end(ctx, fault)
			}
		case <-v.feed.changed:
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (v *vod) take(a arrival) *rung.Error {
	added, fault := v.state.add(a.result)
	v.seen = max(v.seen, a.seq)
	v.state.After = v.seen
	v.unsaved = v.unsaved || added || fault != nil
	return fault
}

func (v *vod) untilNext() time.Duration {
	next := time.Now().Add(time.Hour)
	if v.reported != int64(len(v.state.Listed)) && v.nextTell.Before(next) {
		next = v.nextTell
	}
	if v.unsaved && v.nextSave.Before(next) {
		next = v.nextSave
	}
	return max(time.Until(next), 0)
}

// tell writes the job's progress and the state, each now and then. Only another's ownership of the state is an error.
func (v *vod) tell(ctx context.Context) error {
	now := time.Now()
	if v.unsaved && !now.Before(v.nextSave) {
		v.nextSave = now.Add(statePause)
		if err := v.save(ctx); rung.CodeOf(err) == rung.CodeConflict {
			return err
		} else if err != nil {
			v.log.Warn("progress is not kept for now", "error", err)
		}
	}
	if done := int64(len(v.state.Listed)); done != v.reported && !now.Before(v.nextTell) {
		v.nextTell = now.Add(progressPause)
		err := v.update(ctx, func(j *rung.Job) { j.Done = done })
		if err == nil {
			v.reported = done
		} else if !waits(err) {
			return err
		}
	}
	return ctx.Err()
}

// waits reports whether an update may simply come later.
func waits(err error) bool {
	return rung.CodeOf(err) != rung.CodeInternal && !errors.Is(err, errJobOver)
}

func (v *vod) save(ctx context.Context) error {
	data, err := pack(v.state)
	if err != nil {
		return err
	}
	rev, err := v.o.State.Save(ctx, StateID(rung.VOD, v.id), data, v.rev)
	if err != nil {
		return err
	}
	v.rev, v.unsaved = rev, false
	return nil
}

// finish shows the complete presentation and ends the job.
func (v *vod) finish(ctx context.Context) error {
	if fault := v.state.fault(); fault != nil {
		return v.end(ctx, fault)
	}
	if !v.state.Shown {
		v.state.markDiscontinuities()
		if err := v.try(ctx, v.show); err != nil {
			if ctx.Err() != nil || errors.Is(err, errJobOver) {
				return err
			}
			return v.end(ctx, rung.AsError(err))
		}
		v.state.Shown, v.unsaved = true, true
	}
	return v.end(ctx, nil)
}

// show puts the playlists: the master last, since whoever finds it may rely on all the rest.
func (v *vod) show(ctx context.Context) error {
	s := v.state
	for _, t := range s.renditions() {
		list := mediaPlaylist{Target: s.Target, VOD: true, Ended: true, Entries: s.entries(t)}
		for i := range list.Entries {
			list.Entries[i].Time = time.Time{} // a film has no date
		}
		if err := putMedia(ctx, v.store, s.key(mediaName(t.ID)), list); err != nil {
			return err
		}
	}
	return v.store.Put(ctx, s.key(masterName), s.master(s.measured()).encode(), playlistOptions())
}

// try does a thing until it is done or its error is a lasting one. An alarm says once that it waits.
func (v *vod) try(ctx context.Context, do func(context.Context) error) error {
	for {
		err := do(ctx)
		if err == nil || ctx.Err() != nil || lasting(err) {
			v.trouble, v.pause = time.Time{}, backoff{}
			return err
		}
		v.log.Warn("presentation waits", "error", err)
		if v.trouble.IsZero() {
			v.trouble = time.Now()
			e := rung.AsError(err)
			publish(ctx, v.o, rung.Event{Type: "job.alarm", Severity: rung.Major, Job: v.id, Code: string(e.Code), Message: "publishing waits: " + e.Message})
		}
		v.pause.sleep(ctx)
		if job, _ := v.feed.vod(); job == nil || job.State != rung.JobRunning {
			return errJobOver
		}
	}
}

// end writes the job's last state: done, or failed with the fault.
func (v *vod) end(ctx context.Context, fault *rung.Error) error {
	if v.unsaved {
		// Whoever removes the job's objects, because it failed or was deleted, finds their folder there. Without a state
		// that can be saved at all the job still ends.
		err := v.try(ctx, v.save)
		if ctx.Err() != nil || errors.Is(err, errJobOver) || rung.CodeOf(err) == rung.CodeConflict {
			return err
		}
	}
	err := v.try(ctx, func(ctx context.Context) error {
		return v.update(ctx, func(j *rung.Job) {
			j.State, j.Error, j.Done, j.Finished = rung.JobDone, fault, int64(len(v.state.Listed)), time.Now()
			if fault != nil {
				j.State = rung.JobFailed
			} else {
				j.Segments = v.state.Count
			}
		})
	})
	if err != nil {
		return err
	}
	e := rung.Event{Type: "job.state", Severity: rung.Info, Job: v.id, Code: string(rung.JobDone), Message: "job is done"}
	if fault != nil {
		e.Severity, e.Code, e.Message = rung.Major, string(rung.JobFailed), "job failed: "+fault.Message
	}
	v.log.Info("job has ended", "state", e.Code, "cause", fault)
	publish(ctx, v.o, e)
	return nil
}

// update changes the running job, from its newest revision. A job that someone else has ended gives errJobOver.
func (v *vod) update(ctx context.Context, change func(*rung.Job)) error {
	for {
		job, rev := v.feed.vod()
		if job == nil || job.State != rung.JobRunning {
			return errJobOver
		}
		change(job)
		newRev, err := v.o.Jobs.Update(ctx, *job, rev)
		if err == nil {
			v.feed.setJob(job, newRev)
			return nil
		}
		if rung.CodeOf(err) != rung.CodeConflict {
			return err
		}
		if err := v.newer(ctx, rev); err != nil {
			return err
		}
	}
}

// newer waits until the watch brings a revision after rev.
func (v *vod) newer(ctx context.Context, rev uint64) error {
	for {
		if job, now := v.feed.vod(); job == nil || now > rev {
			return nil
		}
		select {
		case <-v.feed.changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// removeVOD deletes a job's objects: all of them and its state where the job was deleted, those of its session where it
// failed or was canceled. It reports whether there may have been any.
func removeVOD(ctx context.Context, o *Options, id string, job *rung.Job) (bool, error) {
	state, rev, err := loadForRemoval(ctx, o, id, job)
	if err != nil || state == nil || state.Removed && job != nil {
		return false, err
	}
	if err := state.removeObjects(ctx, o, id, job); err != nil {
		return false, err
	}
	if job == nil {
		return true, o.State.Delete(ctx, StateID(rung.VOD, id))
	}
	state.Removed, state.Listed, state.Periods = true, nil, nil
	packed, err := pack(state)
	if err != nil {
		return false, err
	}
	_, err = o.State.Save(ctx, StateID(rung.VOD, id), packed, rev)
	return true, err
}

// removeVODObjects deletes what has been stored since.
func removeVODObjects(ctx context.Context, o *Options, id string, job *rung.Job) error {
	state, _, err := loadForRemoval(ctx, o, id, job)
	if err != nil {
		return err
	}
	if state == nil {
		state = &vodState{}
	}
	return state.removeObjects(ctx, o, id, job)
}

// loadForRemoval is the job's state, as it begins where there is none, and nil where there is no job either.
func loadForRemoval(ctx context.Context, o *Options, id string, job *rung.Job) (*vodState, uint64, error) {
	data, rev, err := o.State.Load(ctx, StateID(rung.VOD, id))
	if rung.CodeOf(err) == rung.CodeNotFound {
		if job == nil {
			return nil, 0, nil
		}
		return newVODState(job), 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	state := &vodState{}
	return state, rev, unpack(data, state)
}

// removeObjects deletes a job's objects. A finished film in a place of the user's own stays theirs; of one that failed
// there, only the folder of its segments goes.
func (s *vodState) removeObjects(ctx context.Context, o *Options, id string, job *rung.Job) error {
	if s.Output != "" && (job == nil || s.Prefix == "") {
		return nil
	}
	store, err := o.Stores(ctx, s.Output)
	if err != nil {
		return err
	}
	folder := s.Prefix
	if s.Output == "" {
		folder = string(rung.VOD) + "/" + id
	}
	return deleteFolder(ctx, store, folder)
}
