package main

import (
	"context"
	"maps"
	"slices"

	"rung"
	"rung/api/resource"
	"rung/scheduler"
)

// buckets are the system's state.
type buckets struct {
	channels      *scheduler.Bucket[rung.Channel]
	status        *scheduler.Bucket[rung.ChannelStatus]
	timelines     *scheduler.Bucket[rung.Timeline]
	jobs          *scheduler.Bucket[rung.Job]
	profiles      *scheduler.Bucket[string]
	slates        *scheduler.Bucket[[]byte]
	presentations *scheduler.Bucket[[]byte]
	tokens        *scheduler.Bucket[resource.Token]
}

func openBuckets(s *scheduler.System) buckets {
	return buckets{
		channels:      scheduler.BucketOf[rung.Channel](s, "channels"),
		status:        scheduler.BucketOf[rung.ChannelStatus](s, "status"),
		timelines:     scheduler.BucketOf[rung.Timeline](s, "timelines"),
		jobs:          scheduler.BucketOf[rung.Job](s, "jobs"),
		profiles:      scheduler.BucketOf[string](s, "profiles"),
		slates:        scheduler.BucketOf[[]byte](s, "slates"),
		presentations: scheduler.BucketOf[[]byte](s, "presentations"),
		tokens:        scheduler.BucketOf[resource.Token](s, "tokens"),
	}
}

// records is the API's view of a bucket.
type records[T any] struct{ *scheduler.Bucket[T] }

// List implements api.Records.
func (r records[T]) List(ctx context.Context) ([]T, error) {
	all, err := r.Bucket.List(ctx)
	return slices.Collect(maps.Values(all)), err
}

// Put implements api.Records: revision 0 means that there must be none.
func (r records[T]) Put(ctx context.Context, id string, value T, revision uint64) (uint64, error) {
	if revision == 0 {
		return r.Bucket.Create(ctx, id, value)
	}
	return r.Bucket.Update(ctx, id, value, revision)
}

// slates is the API's and the worker's view of the slates bucket.
type slates struct{ *scheduler.Bucket[[]byte] }

// Get implements api.Slates and transcode.Slates.
func (s slates) Get(ctx context.Context, key string) ([]byte, error) {
	v, _, err := s.Bucket.Get(ctx, key)
	return v, err
}

// Put implements api.Slates.
func (s slates) Put(ctx context.Context, key string, image []byte) error {
	_, err := s.Bucket.Put(ctx, key, image)
	return err
}

// statuses is the API's and ingest's view of the status bucket.
type statuses struct {
	*scheduler.Bucket[rung.ChannelStatus]
}

// List implements api.Statuses.
func (s statuses) List(ctx context.Context) ([]rung.ChannelStatus, error) {
	return records[rung.ChannelStatus](s).List(ctx)
}

// Get implements api.Statuses.
func (s statuses) Get(ctx context.Context, channel string) (rung.ChannelStatus, error) {
	v, _, err := s.Bucket.Get(ctx, channel)
	return v, err
}

// Put implements ingest.Statuses.
func (s statuses) Put(ctx context.Context, v rung.ChannelStatus) error {
	_, err := s.Bucket.Put(ctx, v.ID, v)
	return err
}

// timelines is ingest's view of the timelines bucket; timelineReader the API's.
type timelines struct {
	*scheduler.Bucket[rung.Timeline]
}

// Get implements ingest.Timelines.
func (t timelines) Get(ctx context.Context, channel string) (rung.Timeline, bool, error) {
	v, _, err := t.Bucket.Get(ctx, channel)
	if rung.CodeOf(err) == rung.CodeNotFound {
		return v, false, nil
	}
	return v, err == nil, err
}

// Put implements ingest.Timelines.
func (t timelines) Put(ctx context.Context, v rung.Timeline) error {
	_, err := t.Bucket.Put(ctx, v.Channel, v)
	return err
}

// Watch implements packager.Timelines.
func (t timelines) Watch(ctx context.Context, fn func(id string, t *rung.Timeline)) error {
	return t.Bucket.Watch(ctx, func(id string, v *rung.Timeline, _ uint64) error { fn(id, v); return nil })
}

type timelineReader struct {
	*scheduler.Bucket[rung.Timeline]
}

// Get implements api.Timelines.
func (t timelineReader) Get(ctx context.Context, channel string) (rung.Timeline, error) {
	v, _, err := t.Bucket.Get(ctx, channel)
	return v, err
}

// channels is ingest's view of the channels bucket.
type channels struct {
	*scheduler.Bucket[rung.Channel]
}

// Watch implements ingest.Channels.
func (c channels) Watch(ctx context.Context, fn func(id string, ch *rung.Channel)) error {
	return c.Bucket.Watch(ctx, func(id string, v *rung.Channel, _ uint64) error { fn(id, v); return nil })
}

// jobs is ingest's view of the jobs bucket.
type jobs struct {
	*scheduler.Bucket[rung.Job]
}

// Watch implements ingest.Jobs.
func (j jobs) Watch(ctx context.Context, fn func(id string, j *rung.Job, rev uint64)) error {
	return j.Bucket.Watch(ctx, func(id string, v *rung.Job, rev uint64) error { fn(id, v, rev); return nil })
}

// Update implements ingest.Jobs.
func (j jobs) Update(ctx context.Context, v rung.Job, rev uint64) (uint64, error) {
	return j.Bucket.Update(ctx, v.ID, v, rev)
}

// presentationState is the packager's view of the presentations bucket.
type presentationState struct {
	*scheduler.Bucket[[]byte]
}

// Load implements packager.State.
func (p presentationState) Load(ctx context.Context, id string) ([]byte, uint64, error) {
	return p.Bucket.Get(ctx, id)
}

// Delete implements packager.State.
func (p presentationState) Delete(ctx context.Context, id string) error {
	if err := p.Bucket.Delete(ctx, id); rung.CodeOf(err) != rung.CodeNotFound {
		return err
	}
	return nil
}

// Save implements packager.State: revision 0 means that there must be none.
func (p presentationState) Save(ctx context.Context, id string, data []byte, rev uint64) (uint64, error) {
	return records[[]byte](p).Put(ctx, id, data, rev)
}
