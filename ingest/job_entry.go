package ingest

import (
	"context"
	"sync"
	"time"

	"rung"
)

// jobEntry is a job that a planner attends to, as the watch and the planner's own writes have it.
type jobEntry struct {
	id     string
	cancel context.CancelFunc // ends the attention when the job is deleted or ended

	mu     sync.Mutex
	job    rung.Job
	rev    uint64
	ended  bool          // deleted, or in a final state
	newer  chan struct{} // closed and replaced at each change
	beyond bool          // planned: by us or by another
}

func newJobEntry(j rung.Job, rev uint64, cancel context.CancelFunc) *jobEntry {
	return &jobEntry{id: j.ID, job: j, rev: rev, cancel: cancel, newer: make(chan struct{})}
}

// set takes what the watch tells; nil: deleted.
func (e *jobEntry) set(j *rung.Job, rev uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if j == nil || j.State.Ended() {
		e.ended = true
		e.cancel()
	}
	if j == nil || rev <= e.rev {
		return
	}
	e.job, e.rev, e.beyond = *j, rev, !unplanned(j.State)
	close(e.newer)
	e.newer = make(chan struct{})
}

// updated takes what we have written ourselves, so that the next change need not wait for the watch.
func (e *jobEntry) updated(j rung.Job, rev uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if rev > e.rev {
		e.job, e.rev = j, rev
	}
}

// newest is the newest revision, and whether it still wants a planner.
func (e *jobEntry) newest() (j rung.Job, rev uint64, wanted bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.job, e.rev, !e.ended && !e.beyond && unplanned(e.job.State)
}

// gone reports whether the job was deleted or has ended.
func (e *jobEntry) gone() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ended
}

// waitNewer waits for a revision after rev, though not for long: where a write has failed otherwise there is none.
func (e *jobEntry) waitNewer(ctx context.Context, rev uint64) {
	e.mu.Lock()
	newer, there := e.newer, e.rev > rev
	e.mu.Unlock()
	if there {
		return
	}
	t := time.NewTimer(retryFirst)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-newer:
	case <-t.C:
	}
}
