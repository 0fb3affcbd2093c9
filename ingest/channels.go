package ingest

import (
	"context"

	"rung"
)

// Channels is the desired state of the channels.
type Channels interface {
	// Watch calls fn for each channel there is, then at each change (nil: deleted), from one goroutine, until the
	// context ends.
	Watch(ctx context.Context, fn func(id string, ch *rung.Channel)) error
}
