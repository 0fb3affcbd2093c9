package ingest

import (
	"context"

	"rung"
)

// Jobs is the bucket of jobs.
type Jobs interface {
	// Watch calls fn for each job there is, then at each change (nil: deleted), from one goroutine, until the context ends.
	Watch(ctx context.Context, fn func(id string, j *rung.Job, rev uint64)) error
	// Update writes the job over revision rev and gives the new one; CodeConflict where another was there first.
	Update(ctx context.Context, j rung.Job, rev uint64) (uint64, error)
}
