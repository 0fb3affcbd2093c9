package packager

import "context"

// Leases let one process at a time do a thing.
type Leases interface {
	// Acquire waits until the lease is ours. An implementation may also give an error where another holds it: Acquire is
	// called again then.
	Acquire(ctx context.Context, name string) (Lease, error)
}

// Lease is one that is held.
type Lease interface {
	// Lost is closed when the lease is no longer ours.
	Lost() <-chan struct{}
	// Release gives the lease back, so that another need not wait for its end.
	Release(ctx context.Context) error
}
