package packager

import (
	"context"
	"time"

	"rung"
)

// stragglerTime is how long after a removal tasks may still have been at work: the second look finds what they stored.
const stragglerTime = 2 * time.Minute

// leaseTime bounds the giving back of a lease when all else is over.
const leaseTime = 2 * time.Second

// keeper does for one channel or job what there is to do, one thing after the other, and only under its lease.
type keeper struct {
	o    *Options
	kind rung.TaskKind
	id   string
	feed *feed
	// removed says that the objects have been removed once, and that the second look is still to come.
	removed bool
}

// work is a thing to do: it runs until it is over or ctx ends.
type work func(ctx context.Context) error

// run does what there is to do until ctx ends or nothing more can come. Both live and VOD errors are tried again: what
// cannot be helped by that ends as a job's state.
func (k *keeper) run(ctx context.Context) {
	var wait backoff
	for ctx.Err() == nil {
		todo, over := k.next()
		switch {
		case over:
			return
		case todo == nil:
			k.idle(ctx)
		default:
			if err := k.underLease(ctx); err != nil && ctx.Err() == nil {
				k.o.Log.Warn("presentation is taken up again", "kind", k.kind, "owner", k.id, "cause", err)
				wait.sleep(ctx)
				continue
			}
			wait = backoff{}
		}
	}
}

// idle waits for news.
func (k *keeper) idle(ctx context.Context) {
	select {
	case <-k.feed.changed:
	case <-ctx.Done():
	}
}

// underLease takes the lease and does what there is to do then: it may be another thing than before the wait.
func (k *keeper) underLease(ctx context.Context) error {
	lease, err := k.o.Leases.Acquire(ctx, "packager."+StateID(k.kind, k.id))
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTime)
		defer cancel()
		if err := lease.Release(ctx); err != nil {
			k.o.Log.Warn("lease runs out by itself", "kind", k.kind, "owner", k.id, "error", err)
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-lease.Lost():
			cancel(errLeaseLost)
		case <-ended:
		}
	}()
	todo, over := k.next()
	if over || todo == nil {
		return nil
	}
	if err := todo(ctx); err != nil && err != errChannelGone && err != errJobOver {
		if context.Cause(ctx) == errLeaseLost {
			return errLeaseLost
		}
		return err
	}
	return nil
}

var errLeaseLost = rung.Errorf(rung.CodeConflict, "another packager carries on", "the lease is lost")

// next is what there is to do now: nothing as long as todo is nil, nothing ever again where over is set.
func (k *keeper) next() (todo work, over bool) {
	if k.kind == rung.VOD {
		return k.nextVOD()
	}
	ch, timelines := k.feed.live()
	switch {
	case ch == nil && !k.feed.isRemoved():
		return nil, false // a timeline that came before its channel
	case ch == nil && k.removed:
		return nil, true
	case ch == nil:
		return func(ctx context.Context) error {
			return k.removeTwice(ctx, func(ctx context.Context) (bool, error) { return removeLive(ctx, k.o, k.id) },
				func(ctx context.Context) error { return removeLiveObjects(ctx, k.o, k.id) })
		}, false
	case len(timelines) == 0:
		return nil, false
	}
	k.removed = false
	return func(ctx context.Context) error { return runLive(ctx, k.o, k.id, k.feed) }, false
}

func (k *keeper) nextVOD() (todo work, over bool) {
	job, _ := k.feed.vod()
	switch {
	case job == nil && !k.feed.isRemoved():
		return nil, false
	case job == nil || job.State == rung.JobFailed || job.State == rung.JobCanceled:
		if k.removed {
			return nil, true
		}
		return func(ctx context.Context) error {
			return k.removeTwice(ctx, func(ctx context.Context) (bool, error) { return removeVOD(ctx, k.o, k.id, job) },
				func(ctx context.Context) error { return removeVODObjects(ctx, k.o, k.id, job) })
		}, false
	case job.State == rung.JobDone:
		return nil, true
	case job.State == rung.JobRunning:
		k.removed = false
		return func(ctx context.Context) error { return runVOD(ctx, k.o, k.id, k.feed) }, false
	}
	return nil, false
}

// removeTwice removes objects now and, if there were any, those of stragglers a while later.
func (k *keeper) removeTwice(ctx context.Context, first func(context.Context) (bool, error), second func(context.Context) error) error {
	found, err := first(ctx)
	if err != nil {
		return err
	}
	k.removed = true
	if !found {
		return nil
	}
	t := time.NewTimer(stragglerTime)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			return second(ctx)
		case <-k.feed.changed:
			if !k.gone() {
				k.removed = false
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// gone reports whether there is still nothing to present.
func (k *keeper) gone() bool {
	if k.kind == rung.VOD {
		job, _ := k.feed.vod()
		return job == nil || job.State == rung.JobFailed || job.State == rung.JobCanceled
	}
	ch, _ := k.feed.live()
	return ch == nil
}
