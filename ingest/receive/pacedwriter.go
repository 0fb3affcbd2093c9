package receive

import (
	"context"

	"rung/internal/mpegts"
)

// pacedWriter gives out at its own pace what a Feed writes.
type pacedWriter struct {
	ctx      context.Context // of the Run that it serves; io.Writer has no other way for it
	pacer    *pacer
	counters *counters
	aligner  mpegts.Aligner
	failed   error
}

// Write implements io.Writer. It takes as long as the stream lasts.
func (w *pacedWriter) Write(b []byte) (int, error) {
	w.aligner.Write(b, func(packets []byte) {
		if w.failed == nil {
			w.failed = w.pacer.write(w.ctx, packets)
		}
	})
	w.counters.syncLosses(w.aligner.SyncLosses())
	if w.failed != nil {
		return 0, w.failed
	}
	return len(b), nil
}

// end is how a Run ends when its Feed has ended: by the context, by the writer's own failure, or as the Feed says.
func (w *pacedWriter) end(ctx context.Context, feed error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case w.failed != nil:
		return w.failed
	}
	return feed
}
