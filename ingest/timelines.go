package ingest

import (
	"context"

	"rung"
)

// Timelines keeps each channel's session, for the packager and for the ingest that follows this one.
type Timelines interface {
	Get(ctx context.Context, channel string) (t rung.Timeline, found bool, err error)
	Put(ctx context.Context, t rung.Timeline) error
}
