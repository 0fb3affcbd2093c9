package packager

import (
	"context"

	"rung"
)

// Channels are the channels that operators want.
type Channels interface {
	// Watch calls fn with each channel that is there, then with each change, in order, one at a time; nil means that the
	// channel was deleted. It tells also of one that was deleted while nobody watched, if State has a document of it. It
	// returns when ctx ends.
	Watch(ctx context.Context, fn func(id string, ch *rung.Channel)) error
}
