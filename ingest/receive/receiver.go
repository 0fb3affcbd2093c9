package receive

import (
	"context"
	"time"

	"rung"
)

// Receiver delivers one source's packets. It is run once.
type Receiver interface {
	// Run receives until the context ends (its error is returned), the source ends (nil: a file that is not looped), or
	// something is wrong that another try does not mend (a rung.Error). sink gets whole packets of
	// mpegts.PacketSize bytes, valid during the call only, and when they arrived; it is called from one goroutine and
	// must not block for longer than the queues behind it bear.
	Run(ctx context.Context, sink func(packets []byte, arrived time.Time)) error
	// Figures is the network's part of the source's figures. It may be called at any time from any goroutine.
	Figures() rung.SourceFigures
	// Cause is why the source is away: nil while packets arrive, or where it has only ended or fallen silent. It may be
	// called at any time from any goroutine.
	Cause() error
}
