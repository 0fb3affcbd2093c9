package ingest

import (
	"context"

	"rung"
)

// Tasks is the queue that tasks are raised into.
type Tasks interface {
	// Submit is durable when it returns. The same segment again within some minutes is dropped by its id, so a doubtful try
	// is repeated; later it is encoded once more, to the same bytes.
	Submit(ctx context.Context, t rung.Task) error
	// Cancel removes what the owner (a channel or a job) still has waiting.
	Cancel(ctx context.Context, kind rung.TaskKind, owner string) error
}
