package packager

import (
	"context"

	"rung"
)

// Timelines are the channels' sessions, as ingest keeps them.
type Timelines interface {
	// Watch calls fn with each timeline that is there, then with each change, in order, one at a time; nil means that it was
	// deleted. It returns when ctx ends.
	Watch(ctx context.Context, fn func(id string, t *rung.Timeline)) error
}
