package ingest

import (
	"bytes"
	"context"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// begin opens a session with what the start has kept. Where that cannot be carried the channel waits for better, or has
// failed if its profile is at fault.
func (r *runner) begin(ctx context.Context) {
	u := r.startup
	r.startup = nil
	s, err := r.compose(ctx, u)
	now := time.Now()
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		e := rung.AsError(err)
		r.logger.Warn("session not begun", "error", err)
		switch e.Code {
		case rung.CodeInvalid, rung.CodeNotFound:
			r.fail(e, now)
		default:
			r.resume = now.Add(retryTime)
			r.watch.startError = e
			r.check(now)
			r.report()
		}
		return
	}
	r.watch.startError = nil
	r.watch.quiet(r.alarms, now)
	r.session, r.raised = s, 0
	for _, b := range u.blocks {
		s.block(b.packets, b.arrived)
	}
	r.announce(now)
	r.become(rung.ChannelRunning, nil)
	r.logger.Info("session begun", "session", s.id, "renditions", len(s.ladder.Video), "tracks", len(s.ladder.Audio), "grid", s.ladder.Grid.Rate.String())
}

// compose finds out what the source is and makes a session for it.
func (r *runner) compose(ctx context.Context, u *startup) (*session, error) {
	packets := u.packets()
	media, err := r.opts.Prober.Probe(ctx, bytes.NewReader(packets), int64(len(packets)), "mpegts")
	if err != nil {
		return nil, err
	}
	media.Programs = u.tables.Programs
	source, err := selectStreams(*u.tables, media)
	if err != nil {
		return nil, err
	}
	profile, err := r.opts.Profiles(ctx, r.channel.Profile)
	if err != nil {
		return nil, err
	}
	ladder, err := profile.Resolve(source.video, source.audio)
	if err != nil {
		return nil, err
	}
	source.settle(ladder)
	if source.layout.video == nil && len(source.layout.audio) == 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "choose a profile with renditions for what the source has", "profile %q has nothing for this source", r.channel.Profile)
	}
	previous := r.timeline.Session
	if previous == "" {
		previous = r.previous.Session
	}
	s := &session{id: sessionID(time.Now(), previous), ladder: ladder, media: media, source: source,
		noted:    func(a rung.Alarm, now time.Time) { r.alarms.note(a, 1, now) },
		chunker:  newChunker(r.opts.Window, r.channel.ID, r.stream, r.wake),
		analyser: mpegts.NewAnalyser(u.options)}
	id := rung.SegmentID{Kind: rung.Live, Owner: r.channel.ID, Session: s.id}
	s.segmenter = newSegmenter(segmenterOptions{id: id, ladder: ladder, prefix: id.Prefix(), format: "mpegts",
		layout: source.layout, psi: u.tables.PSI, transport: true, deadline: segmentTime(ladder, r.opts.Deadline).D(),
		locator: s.chunker.chunks, raise: r.raise, slate: r.slate, jumped: s.jumped})
	return s, nil
}

// announce puts the session's timeline before its first task.
func (r *runner) announce(now time.Time) {
	s := r.session
	r.timeline = rung.Timeline{Channel: r.channel.ID, Session: s.id, Ladder: s.ladder,
		Origin: s.segmenter.origin.UTC().Round(0), Deadline: r.deadline(), Updated: now.UTC().Round(0)}
	r.outbox.put(outgoing{timeline: r.timeline})
}

// deadline is how long after a segment's end on the wall clock its result is too late: from its raising, which may be
// as late as the source has been, and lostAfter more.
func (r *runner) deadline() rung.Duration {
	s := r.session
	if s == nil {
		s = r.draining
	}
	return segmentTime(s.ladder, r.opts.Deadline) + rung.Duration(max(0, s.segmenter.learnt())+2*lostAfter)
}

// raise gives a task out.
func (r *runner) raise(t rung.Task) {
	r.raised++
	r.timeline.Next, r.timeline.Deadline, r.timeline.Updated = t.ID.Number+1, r.deadline(), t.Raised
	r.outbox.put(outgoing{task: &t, timeline: r.timeline})
	r.logger.Debug("segment raised", "segment", t.ID.Number, "session", t.ID.Session, "parts", len(t.Parts))
}
