package main

import (
	"context"
	"time"

	"rung"
	"rung/bench"
	"rung/scheduler"
	"rung/store"
	"rung/transcode"
)

// recordedTasks tells a recorder of each task before it goes into the queue.
type recordedTasks struct {
	*scheduler.Tasks
	recorder *bench.Recorder
}

// Submit implements ingest.Tasks.
func (t recordedTasks) Submit(ctx context.Context, task rung.Task) error {
	t.recorder.Raised(task)
	return t.Tasks.Submit(ctx, task)
}

// recordedQueue tells a recorder of each result.
type recordedQueue struct {
	transcode.Queue
	recorder *bench.Recorder
}

// Take implements transcode.Queue.
func (q recordedQueue) Take(ctx context.Context) (transcode.Delivery, error) {
	d, err := q.Queue.Take(ctx)
	if err != nil {
		return nil, err
	}
	return recordedDelivery{d, q.recorder}, nil
}

type recordedDelivery struct {
	transcode.Delivery
	recorder *bench.Recorder
}

// Done implements transcode.Delivery.
func (d recordedDelivery) Done(ctx context.Context, r rung.Result) error {
	d.recorder.Encoded(r)
	return d.Delivery.Done(ctx, r)
}

// recordedStore tells a recorder of each object once the store has it.
type recordedStore struct {
	store.Store
	recorder *bench.Recorder
}

// Put implements store.Store.
func (s recordedStore) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	err := s.Store.Put(ctx, key, body, o)
	if err == nil {
		s.recorder.Stored(key, body, time.Now())
	}
	return err
}
