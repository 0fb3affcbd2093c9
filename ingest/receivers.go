package ingest

import (
	"context"
	"time"

	"rung"
)

// Receivers makes the receiver for a source; CodeInvalid or CodeUnsupported where there is none for it.
type Receivers func(src rung.Source) (Receiver, error)

// Receiver connects to a source and takes its transport packets in.
type Receiver interface {
	// Run receives until the context ends, the source ends (nil) or cannot be received. sink gets whole packets, valid
	// during the call, and when they arrived.
	Run(ctx context.Context, sink func(packets []byte, arrived time.Time)) error
	// Figures may be called at any time.
	Figures() rung.SourceFigures
	// Cause is why nothing arrives, as far as the receiver knows it; nil where it does not, or packets arrive. It may be
	// called at any time.
	Cause() error
}
