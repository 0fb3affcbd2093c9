package main

import (
	"context"
	"time"

	"rung"
	"rung/bench"
	"rung/packager"
	"rung/scheduler"
	"rung/transcode"
)

// controlTasks tells a recorder of each task before it goes into the queue.
type controlTasks struct {
	*scheduler.Tasks
	recorder *bench.ControlRecorder
}

// Submit implements ingest.Tasks.
func (t controlTasks) Submit(ctx context.Context, task rung.Task) error {
	t.recorder.Raised(task)
	return t.Tasks.Submit(ctx, task)
}

// controlQueue tells a recorder of each task that a worker has got, and of its result.
type controlQueue struct {
	transcode.Queue
	recorder *bench.ControlRecorder
}

// Take implements transcode.Queue.
func (q controlQueue) Take(ctx context.Context) (transcode.Delivery, error) {
	d, err := q.Queue.Take(ctx)
	if err != nil {
		return nil, err
	}
	q.recorder.Taken(d.Task().ID, time.Now())
	return controlDelivery{d, q.recorder}, nil
}

type controlDelivery struct {
	transcode.Delivery
	recorder *bench.ControlRecorder
}

// Done implements transcode.Delivery.
func (d controlDelivery) Done(ctx context.Context, r rung.Result) error {
	d.recorder.Encoded(d.Task().ID, time.Now())
	return d.Delivery.Done(ctx, r)
}

// controlObjects tells a recorder of each object once the store has it.
type controlObjects struct {
	packager.Store
	recorder *bench.ControlRecorder
}

// Put implements store.Store.
func (s controlObjects) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	err := s.Store.Put(ctx, key, body, o)
	if err == nil {
		s.recorder.Stored(key, body, time.Now())
	}
	return err
}
