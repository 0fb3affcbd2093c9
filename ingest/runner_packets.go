package ingest

import (
	"context"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// next works off what is in the queue.
func (r *runner) next(ctx context.Context) {
	blocks, ended := r.queue.take()
	for _, b := range blocks {
		if ctx.Err() != nil {
			return
		}
		r.lastBlock = b.arrived
		r.feed(ctx, b)
	}
	if ended && !r.ended {
		r.finish(ctx)
	}
}

// rest lets packets wait for the next look at the clock where no segment can be complete before: what a source has
// touched of the processor's cache is another's by the next packet, so looking at each as it comes costs several times
// what looking at ten together does.
func (r *runner) rest() {
	var until time.Time
	if r.session != nil && !r.ended && len(r.session.segmenter.waiting) == 0 {
		until = r.session.segmenter.earliest()
	}
	if !until.Equal(r.resting) {
		r.resting = until
		r.queue.rest(until)
	}
}

// feed gives a block to the session, or to the start of one.
func (r *runner) feed(ctx context.Context, b block) {
	if r.session != nil {
		r.session.block(b.packets, b.arrived)
		if !r.session.changed {
			return
		}
		r.logger.Info("session ended", "session", r.session.id, "cause", "the source's streams have changed")
		r.session.finish(b.arrived)
		r.session, r.draining = nil, r.session
		r.settle()
	}
	if r.state == rung.ChannelFailed || b.arrived.Before(r.resume) {
		return
	}
	if r.startup == nil {
		s := r.channel.Source
		r.startup = newStartup(mpegts.AnalyserOptions{Program: s.Program, Service: s.Service, Audio: s.Audio})
	}
	if r.startup.add(b) && r.draining == nil { // one session's timeline at a time
		r.begin(ctx)
	}
}
