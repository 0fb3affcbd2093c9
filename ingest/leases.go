package ingest

import "context"

// Leases makes sure that one process at a time has a channel or plans a job.
type Leases interface {
	// Acquire takes the named lease and keeps it alive; CodeConflict while another holds it.
	Acquire(ctx context.Context, name string) (Lease, error)
}

// Lease is one that is held.
type Lease interface {
	// Lost is closed when the lease can no longer be relied on.
	Lost() <-chan struct{}
	Release(ctx context.Context) error
}
