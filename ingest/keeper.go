package ingest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"rung"
)

// leaseTime is how often a lease that another holds is asked for.
const leaseTime = time.Second

// Why a runner stops, besides errOperatorStop and the end of the process.
var (
	errLeaseLost = errors.New("its lease is lost")
	errChanged   = errors.New("its source or profile has changed")
)

// keeper holds one channel's lease while the channel is enabled, and has a runner carry it.
type keeper struct {
	opts *ManagerOptions
	id   string

	mu      sync.Mutex
	channel *rung.Channel // nil: deleted
	changed chan struct{} // has an element when channel is new
}

func newKeeper(opts *ManagerOptions, id string, ch *rung.Channel) *keeper {
	return &keeper{opts: opts, id: id, channel: ch, changed: make(chan struct{}, 1)}
}

// want tells the channel's new description; nil: deleted.
func (k *keeper) want(ch *rung.Channel) {
	k.mu.Lock()
	k.channel = ch
	k.mu.Unlock()
	select {
	case k.changed <- struct{}{}:
	default:
	}
}

func (k *keeper) wanted() *rung.Channel {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.channel
}

// slate is the key of the channel's own slate as it is wanted now.
func (k *keeper) slate() string {
	if ch := k.wanted(); ch != nil {
		return ch.Slate
	}
	return ""
}

// run keeps the channel until it is deleted or the context ends.
func (k *keeper) run(ctx context.Context) {
	for ctx.Err() == nil {
		ch := k.wanted()
		switch {
		case ch == nil:
			return
		case ch.Enabled:
			k.hold(ctx)
		default:
			k.wait(ctx, 0)
		}
	}
}

// wait waits for a change, or for a time where that is not zero.
func (k *keeper) wait(ctx context.Context, most time.Duration) {
	var timeout <-chan time.Time
	if most > 0 {
		t := time.NewTimer(most)
		defer t.Stop()
		timeout = t.C
	}
	select {
	case <-ctx.Done():
	case <-k.changed:
	case <-timeout:
	}
}

// hold takes the lease and carries the channel as it is wanted until the lease or the wish is gone.
func (k *keeper) hold(ctx context.Context) {
	lease, err := k.opts.Leases.Acquire(ctx, "ingest."+k.id)
	if err != nil {
		if rung.CodeOf(err) != rung.CodeConflict && ctx.Err() == nil {
			k.opts.Logger.Warn("lease not acquired, trying again", "channel", k.id, "error", err)
		}
		k.wait(ctx, leaseTime)
		return
	}
	defer func() {
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), finalTime)
		defer cancel()
		if err := lease.Release(release); err != nil {
			k.opts.Logger.Warn("lease not released", "channel", k.id, "error", err)
		}
	}()
	for {
		ch := k.wanted()
		if ctx.Err() != nil || ch == nil || !ch.Enabled {
			return
		}
		if cause := k.carry(ctx, *ch, lease); errors.Is(cause, errLeaseLost) {
			return
		}
	}
}

// carry runs the channel until something ends it, and gives the cause.
func (k *keeper) carry(ctx context.Context, ch rung.Channel, lease Lease) error {
	running, stop := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := newRunner(k.opts, ch, time.Now())
		r.slate = k.slate
		r.run(running)
	}()
	cause := k.until(ctx, ch, lease)
	stop(cause)
	<-done
	if errors.Is(cause, errOperatorStop) && k.wanted() == nil {
		k.cancel(ctx)
	}
	return cause
}

// until waits for what ends a run.
func (k *keeper) until(ctx context.Context, ch rung.Channel, lease Lease) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-lease.Lost():
			return errLeaseLost
		case <-k.changed:
			switch now := k.wanted(); {
			case now == nil || !now.Enabled:
				return errOperatorStop
			case !sameWork(ch, *now):
				return errChanged
			}
		}
	}
}

// cancel removes what a deleted channel still has in the queue.
func (k *keeper) cancel(ctx context.Context) {
	if err := k.opts.Tasks.Cancel(ctx, rung.Live, k.id); err != nil && ctx.Err() == nil {
		k.opts.Logger.Warn("tasks of a deleted channel not canceled", "channel", k.id, "error", err)
	}
}

// sameWork reports whether two descriptions of a channel ask for the same session.
func sameWork(a, b rung.Channel) bool {
	s, t := a.Source, b.Source
	return a.Profile == b.Profile && a.Restarts == b.Restarts &&
		s.URL == t.URL && s.Program == t.Program && s.Service == t.Service && s.Interface == t.Interface &&
		s.Passphrase == t.Passphrase && s.StreamID == t.StreamID && s.Mode == t.Mode && s.Latency == t.Latency && s.Loop == t.Loop &&
		slices.Equal(s.Audio, t.Audio) && slices.Equal(s.Sources, t.Sources)
}
