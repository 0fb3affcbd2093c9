package packager

import (
	"context"

	"rung"
)

// Events is the feed of state changes and alarms.
type Events interface {
	Publish(ctx context.Context, e rung.Event) error
}
