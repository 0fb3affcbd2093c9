package main

import (
	"context"
	"slices"
	"strings"

	"rung"
	"rung/packager"
	"rung/scheduler"
)

// presented is the packager's view of the owners of presentations, channels or jobs: what is there, what changes, and
// first those that were deleted while no packager watched and have left their presentation behind.
type presented[T any] struct {
	*scheduler.Bucket[T]
	kind   rung.TaskKind
	states *scheduler.Bucket[[]byte]
}

// watch calls fn as a packager expects it.
func (p presented[T]) watch(ctx context.Context, fn func(id string, v *T, rev uint64)) error {
	left, err := p.left(ctx)
	if err != nil {
		return err
	}
	for _, id := range left {
		fn(id, nil, 0)
	}
	return p.Bucket.Watch(ctx, func(id string, v *T, rev uint64) error { fn(id, v, rev); return nil })
}

// left are the owners that have a presentation's state and are not there. States are read first: each belongs to an owner
// that was there before it, so one that is missing afterwards was deleted.
func (p presented[T]) left(ctx context.Context) ([]string, error) {
	states, err := p.states.Keys(ctx)
	if err != nil {
		return nil, err
	}
	there, err := p.Bucket.Keys(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(there)
	var left []string
	for _, key := range states {
		id, ok := strings.CutPrefix(key, packager.StateID(p.kind, ""))
		if !ok {
			continue
		}
		if _, found := slices.BinarySearch(there, id); found {
			continue
		}
		// A key that changes while keys are listed may be missing among them, and what is told of as deleted is deleted.
		if _, _, err := p.Bucket.Get(ctx, id); rung.CodeOf(err) == rung.CodeNotFound {
			left = append(left, id)
		} else if err != nil {
			return nil, err
		}
	}
	return left, nil
}

// presentedChannels implements packager.Channels.
type presentedChannels struct{ presented[rung.Channel] }

// Watch implements packager.Channels.
func (c presentedChannels) Watch(ctx context.Context, fn func(id string, ch *rung.Channel)) error {
	return c.watch(ctx, func(id string, ch *rung.Channel, _ uint64) { fn(id, ch) })
}

// presentedJobs implements packager.Jobs.
type presentedJobs struct{ presented[rung.Job] }

// Watch implements packager.Jobs.
func (j presentedJobs) Watch(ctx context.Context, fn func(id string, j *rung.Job, rev uint64)) error {
	return j.watch(ctx, fn)
}

// Update implements packager.Jobs.
func (j presentedJobs) Update(ctx context.Context, v rung.Job, rev uint64) (uint64, error) {
	return jobs{j.Bucket}.Update(ctx, v, rev)
}
