package scheduler

import (
	"context"
	"sync"
	"time"

	"rung"
)

// Lease is one name held by this process.
type Lease struct {
	b    *Bucket[holder]
	name string
	h    holder

	local *localLeases // not nil: it is kept there, and has none of the rest but lost

	// The renewal's own, and Release's once it has ended.
	rev   uint64
	until time.Time // when it counts as lost unless it is renewed before

	lost    chan struct{}
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
}

func newLease(b *Bucket[holder], name string, h holder, rev uint64, sent time.Time) *Lease {
	l := &Lease{b: b, name: name, h: h, rev: rev, lost: make(chan struct{}), stop: make(chan struct{}), stopped: make(chan struct{})}
	l.extend(sent)
	return l
}

// extend sets how long the lease holds. The server counts its time to live from a moment after sent, so at three
// quarters of it no other process can have it yet, whatever the clocks say.
func (l *Lease) extend(sent time.Time) { l.until = sent.Add(l.ttl() * 3 / 4) }

func (l *Lease) ttl() time.Duration { return l.b.s.o.LeaseTTL }

// Name is the lease's name.
func (l *Lease) Name() string { return l.name }

// Lost is closed when the lease could not be renewed in time, or another process has it, or the System is closed: before
// its time to live has run out, so that its holder stops before another begins.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Release gives the lease up; it is free at once. One that is lost already, or released, is a success.
func (l *Lease) Release(ctx context.Context) error {
	if l.local != nil {
		l.once.Do(func() { l.local.release(l.name) })
		return nil
	}
	l.once.Do(func() { close(l.stop) })
	<-l.stopped
	select {
	case <-l.lost:
		return nil
	default:
	}
	err := l.b.deleteRevision(ctx, l.name, l.rev)
	if c := rung.CodeOf(err); c == rung.CodeConflict || c == rung.CodeNotFound {
		return nil
	}
	return err
}

// renew keeps the lease until it is released or lost.
func (l *Lease) renew() {
	defer close(l.stopped)
	next := time.NewTimer(l.ttl() / 3)
	defer next.Stop()
	for {
		select {
		case <-next.C:
		case <-l.stop:
			return
		case <-l.b.s.done:
			close(l.lost)
			return
		}
		if !l.renewOnce() {
			close(l.lost)
			return
		}
		next.Reset(l.untilNext())
	}
}

// untilNext is a third of the time to live after a renewal, and a tenth of that where one did not go through.
func (l *Lease) untilNext() time.Duration {
	if time.Until(l.until) > l.ttl()/2 {
		return l.ttl() / 3
	}
	return l.ttl() / 30
}

// renewOnce tries to renew, and reports whether the lease still holds.
func (l *Lease) renewOnce() bool {
	ctx, cancel := context.WithDeadline(context.Background(), l.until)
	defer cancel()
	sent := time.Now()
	rev, err := l.b.Update(ctx, l.name, l.h, l.rev)
	switch {
	case err == nil:
		l.rev = rev
		l.extend(sent)
		return true
	case rung.CodeOf(err) == rung.CodeConflict:
		return l.recover(ctx)
	}
	return time.Now().Before(l.until)
}

// recover handles a renewal whose own confirmation was lost: the entry has a newer revision, and is still ours.
func (l *Lease) recover(ctx context.Context) bool {
	h, rev, err := l.b.Get(ctx, l.name)
	if err != nil || h.Instance != l.h.Instance || !h.Since.Equal(l.h.Since) {
		return false
	}
	l.rev = rev // when it was renewed is not known, so until stays
	return time.Now().Before(l.until)
}
