package receive

import (
	"context"
	"log/slog"
	"time"

	"rung"
)

// generatedReceiver plays a test pattern, which the engine makes.
type generatedReceiver struct {
	counters
	url     string
	options Options
}

func newGenerated(src rung.Source, o Options) (Receiver, error) {
	if o.Feed == nil {
		return nil, rung.Errorf(rung.CodeUnsupported, "install rung-engine beside rung", "source.url: test: sources need the engine, and there is none")
	}
	return &generatedReceiver{url: src.URL, options: o}, nil
}

// Run implements Receiver.
func (r *generatedReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	defer r.disconnected()
	r.options.Logger.Info("playing test pattern", slog.String("url", r.url))
	p := &pacer{clock: r.options.Clock, out: r.counted(sink)}
	w := &pacedWriter{ctx: ctx, pacer: p, counters: &r.counters}
	return w.end(ctx, r.options.Feed.Generate(ctx, r.url, w))
}

// Figures implements Receiver.
func (r *generatedReceiver) Figures() rung.SourceFigures { return r.counters.read(time.Time{}, 0) }
