package main

import (
	"context"

	"rung"
	"rung/ingest"
	"rung/packager"
	"rung/scheduler"
	"rung/transcode"
)

// workerQueue is the worker's view of the tasks.
type workerQueue struct{ *scheduler.Tasks }

// Take implements transcode.Queue.
func (q workerQueue) Take(ctx context.Context) (transcode.Delivery, error) {
	d, err := q.Tasks.Take(ctx)
	if err != nil {
		return nil, err // not a nil *Delivery in an interface that is not nil
	}
	return d, nil
}

// ingestLeases is ingest's view of the leases.
type ingestLeases struct{ *scheduler.Leases }

// Acquire implements ingest.Leases.
func (l ingestLeases) Acquire(ctx context.Context, name string) (ingest.Lease, error) {
	lease, err := l.Leases.Acquire(ctx, name)
	if err != nil {
		return nil, err
	}
	return lease, nil
}

// packagerLeases is the packager's view of the leases.
type packagerLeases struct{ *scheduler.Leases }

// Acquire implements packager.Leases.
func (l packagerLeases) Acquire(ctx context.Context, name string) (packager.Lease, error) {
	lease, err := l.Leases.Acquire(ctx, name)
	if err != nil {
		return nil, err
	}
	return lease, nil
}

// apiTasks is the API's view of the queue.
type apiTasks struct{ *scheduler.Tasks }

// Pending implements api.Tasks.
func (t apiTasks) Pending(ctx context.Context) (map[rung.TaskKind]int64, error) {
	live, vod, err := t.Tasks.Pending(ctx)
	return map[rung.TaskKind]int64{rung.Live: live, rung.VOD: vod}, err
}
