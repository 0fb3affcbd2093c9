package ingest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rung"
)

const (
	// maxOutbox bounds the raised segments that wait for the queue to take them; beyond it the oldest are dropped.
	maxOutbox = 256
	// retryFirst and retryMost bound the time between tries.
	retryFirst = 250 * time.Millisecond
	retryMost  = 2 * time.Second
)

// outbox submits a channel's tasks in order, and keeps its timeline with them: a session is announced before its first
// task, and its next segment's number follows each. While queue or buckets are away it tries again.
type outbox struct {
	tasks     Tasks
	timelines Timelines
	logger    *slog.Logger

	mu      sync.Mutex
	queue   []outgoing
	dropped int64
	stuck   time.Time // since when the first in the queue has failed; zero: it has not
	ready   wakeup
}

// outgoing is a timeline to put, and the task that changed it, if any.
type outgoing struct {
	task     *rung.Task
	timeline rung.Timeline
}

func newOutbox(tasks Tasks, timelines Timelines, logger *slog.Logger) *outbox {
	return &outbox{tasks: tasks, timelines: timelines, logger: logger, ready: newWakeup()}
}

// put adds to the queue.
func (o *outbox) put(out outgoing) {
	o.mu.Lock()
	if len(o.queue) >= maxOutbox {
		o.queue = o.queue[1:]
		o.dropped++
	}
	o.queue = append(o.queue, out)
	o.mu.Unlock()
	o.ready.rouse()
}

// state is how many have been dropped, and since when nothing has been taken.
func (o *outbox) state() (dropped int64, stuck time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.dropped, o.stuck
}

// run submits until the context ends, and then what still waits, within final's time.
func (o *outbox) run(ctx, final context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-o.ready:
			o.drain(ctx)
		}
	}
	o.drain(final)
}

// drain sends all there is, trying again until the context ends.
func (o *outbox) drain(ctx context.Context) {
	wait := retryFirst
	for {
		out, ok := o.first()
		if !ok {
			return
		}
		err := o.send(ctx, out)
		if err == nil {
			wait = retryFirst
			continue
		}
		if ctx.Err() != nil {
			return
		}
		o.logger.Warn("segment not submitted, trying again", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, retryMost)
	}
}

// first takes the first in the queue. It is put back where sending fails, unless the queue has filled meanwhile.
func (o *outbox) first() (outgoing, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		return outgoing{}, false
	}
	out := o.queue[0]
	o.queue = o.queue[1:]
	return out, true
}

func (o *outbox) send(ctx context.Context, out outgoing) error {
	var err error
	if out.task != nil {
		err = o.tasks.Submit(ctx, *out.task)
	}
	if err == nil {
		err = o.timelines.Put(ctx, out.timeline)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil:
		o.stuck = time.Time{}
	case len(o.queue) >= maxOutbox:
		o.dropped++
	default:
		o.queue = append([]outgoing{out}, o.queue...)
		if o.stuck.IsZero() {
			o.stuck = time.Now()
		}
	}
	return err
}
