package bench

import (
	"context"
	"time"

	"rung"
)

// ControlReceiver receives a feed's stream for one channel. It implements ingest.Receiver.
type ControlReceiver struct {
	feed  *ControlFeed
	sink  func(packets []byte, arrived time.Time)
	begun time.Time
	next  int // the feed's next unit
}

// Run implements ingest.Receiver.
func (r *ControlReceiver) Run(ctx context.Context, sink func(packets []byte, arrived time.Time)) error {
	r.sink, r.begun = sink, time.Now()
	r.feed.join(r)
	defer r.feed.leave(r)
	<-ctx.Done()
	return ctx.Err()
}

// Figures implements ingest.Receiver.
func (r *ControlReceiver) Figures() rung.SourceFigures { return rung.SourceFigures{Connected: true} }

// Cause implements ingest.Receiver.
func (r *ControlReceiver) Cause() error { return nil }
