package main

import (
	"context"
	"time"

	"rung"
	"rung/scheduler"
	"rung/store"
	"rung/transcode"
)

// segmentRecorder hears of what happens to each segment: bench.Recorder and bench.ControlRecorder.
type segmentRecorder interface {
	Raised(task rung.Task)
	Taken(id rung.SegmentID, at time.Time)
	Encoded(result rung.Result)
	Stored(key string, body []byte, at time.Time)
}

// recordedTasks tells a recorder of each task before it goes into the queue.
type recordedTasks struct {
	*scheduler.Tasks
	recorder segmentRecorder
}

// Submit implements ingest.Tasks.
func (t recordedTasks) Submit(ctx context.Context, task rung.Task) error {
	t.recorder.Raised(task)
	return t.Tasks.Submit(ctx, task)
}

// recordedQueue tells a recorder of each task that a worker has got, and of its result.
type recordedQueue struct {
	transcode.Queue
	recorder segmentRecorder
}

// Take implements transcode.Queue.
func (q recordedQueue) Take(ctx context.Context) (transcode.Delivery, error) {
	d, err := q.Queue.Take(ctx)
	if err != nil {
		return nil, err
	}
	q.recorder.Taken(d.Task().ID, time.Now())
	return recordedDelivery{d, q.recorder}, nil
}

type recordedDelivery struct {
	transcode.Delivery
	recorder segmentRecorder
}

// Done implements transcode.Delivery.
func (d recordedDelivery) Done(ctx context.Context, r rung.Result) error {
	d.recorder.Encoded(r)
	return d.Delivery.Done(ctx, r)
}

// recordedStore tells a recorder of each object once the store has it.
type recordedStore struct {
	store.Store
	recorder segmentRecorder
}

// Put implements store.Store.
func (s recordedStore) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	err := s.Store.Put(ctx, key, body, o)
	if err == nil {
		s.recorder.Stored(key, body, time.Now())
	}
	return err
}
