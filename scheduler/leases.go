package scheduler

import (
	"context"
	"time"

	"rung"
)

// Leases say which process has what: each name has one holder at most.
type Leases struct{ s *System }

// Acquire takes the lease. CodeConflict where another process has it, or this one; CodeUnavailable where NATS is away. It
// is renewed three times in its time to live, until it is released or lost. Where only this process can reach the server,
// it is held until it is released or the System is closed.
func (l *Leases) Acquire(ctx context.Context, name string) (*Lease, error) {
	if l.s.private() {
		return l.acquireHere(name)
	}
	b := BucketOf[holder](l.s, bucketLeases)
	h := holder{Node: l.s.o.Node, Instance: l.s.instance, Since: time.Now()}
	sent := time.Now()
	rev, err := b.Create(ctx, name, h)
	if rung.CodeOf(err) == rung.CodeConflict {
		return nil, l.conflict(ctx, b, name, err)
	}
	if err != nil {
		return nil, err
	}
	lease := newLease(b, name, h, rev, sent)
	if !l.s.launch(lease.renew) {
		return nil, closedError()
	}
	return lease, nil
}

// acquireHere takes a lease that no other process can ask for.
func (l *Leases) acquireHere(name string) (*Lease, error) {
	select {
	case <-l.s.done:
		return nil, closedError()
	default:
	}
	if !l.s.leases.acquire(name) {
		return nil, rung.Errorf(rung.CodeConflict, "it is free when this node gives it up", "lease %s: %s has it", name, l.s.o.Node)
	}
	return &Lease{name: name, lost: l.s.done, local: &l.s.leases}, nil
}

// conflict names the holder, where it can still be found.
func (l *Leases) conflict(ctx context.Context, b *Bucket[holder], name string, cause error) error {
	node := "another process"
	if h, _, err := b.Get(ctx, name); err == nil {
		node = h.Node
	}
	return &rung.Error{Code: rung.CodeConflict, Message: "lease " + name + ": " + node + " has it", Hint: "it is free when that node gives it up or ends", Err: cause}
}
