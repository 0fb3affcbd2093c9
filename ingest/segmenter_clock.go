package ingest

import (
	"time"

	"rung"
	"rung/internal/mpegts"
)

// discontinuity says that the stream's own clock changes at the position: smaller jumps than otherwise are believed from
// here, and a new stretch begins here.
func (s *segmenter) discontinuity(position int64) { s.boundary = position }

// follow holds a time stamp against its stream's clock and gives the stretch that it belongs to. A jump opens a new one.
// What the old clock has left behind belongs to the stretch before; nil is what fits no clock.
func (s *segmenter) follow(h *head, ts, position, step int64, now time.Time) *stretch {
	cur := s.current()
	switch {
	case !s.opts.transport || h.stretch == nil:
	case h.stretch == cur:
		s.holdAgainst(h, ts, position, step, now)
	case position < cur.start || cur.leftover(h.stretch, ts, h.ts+step):
		if !near(ts, h.ts+step, jumpTicks) {
			return nil
		}
		h.ts, h.at = ts, now
		if s.astray(h, h.stretch, ts, now) {
			return nil
		}
		return h.stretch
	case near(ts, s.newest, nearTicks):
		// The first of its stream on this clock.
	default:
		if h.strays++; h.strays < maxStrays {
			return nil
		}
		s.jump(h, s.goingOn(h, step, now), ts, position, now)
	}
	jumped := s.current() != cur
	h.stretch, h.ts, h.at = s.current(), ts, now
	if !jumped && s.astray(h, cur, ts, now) {
		if h.strays++; h.strays == 1 {
			s.tell(h, s.credible(h, ts, now), ts)
		}
		if s.picturesGoOn(h, now) {
			h.strays = 1 // they may stop for a moment: the count begins then
		}
		if h.strays < maxStrays {
			return nil
		}
		s.jump(h, ts, ts, position, now) // to where it is credible
		h.stretch = s.current()
	}
	h.strays, s.newest = 0, ts
	return h.stretch
}

// picturesGoOn reports whether pictures come by the current clock beside sound that does not fit it. Then it is the sound
// that is wrong: a new clock for it would take the pictures off the air.
func (s *segmenter) picturesGoOn(h *head, now time.Time) bool {
	video := &s.heads[0]
	return s.besidePictures(h) && video.stretch == s.current() && video.ticksSince(now) < mpegts.Timescale
}

// goingOn is what the current stretch's clock would show for the next of a stream that has followed an older one.
func (s *segmenter) goingOn(h *head, step int64, now time.Time) int64 {
	if !h.stretch.mapped { // it has not been on the timeline
		return s.newest
	}
	return h.stretch.translate(h.ts+max(step, h.ticksSince(now)), s.current())
}

// early is how much earlier than by the source's habit a time stamp has come; negative: later. 0 where that is not known.
func (s *segmenter) early(st *stretch, ts int64, now time.Time) time.Duration {
	if !s.opts.transport || !st.mapped || !s.delay.seen || now.IsZero() {
		return 0
	}
	late := now.Sub(s.origin) - time.Duration(st.micros(-1, ts))*time.Microsecond
	return s.delay.value() - late
}

// astray reports whether a time stamp lies where a live source cannot be: without this bound a clock that runs wild would
// have segments raised without end. Sound is held to the past as well, for it would pass for the source's habit. Pictures
// are not: what comes late after a pause of ours is no less wanted.
func (s *segmenter) astray(h *head, st *stretch, ts int64, now time.Time) bool {
	early := s.early(st, ts, now)
	return early > maxAstray || early < -maxAstray && s.besidePictures(h)
}

// besidePictures reports whether a stream is sound, and there are pictures.
func (s *segmenter) besidePictures(h *head) bool {
	return s.opts.layout.video != nil && h != &s.heads[0]
}

// credible is a time stamp of the current clock, or what a source that comes by its habit would show now where a stream of
// it would be astray.
func (s *segmenter) credible(h *head, ts int64, now time.Time) int64 {
	if s.astray(h, s.current(), ts, now) {
		ts -= ticksOf(s.early(s.current(), ts, now))
	}
	return ts
}

// leftover reports whether a time stamp goes on by the clock of an older stretch rather than by this one's. expected is
// what the older clock would show.
func (s *stretch) leftover(older *stretch, ts, expected int64) bool {
	byOld, byNew := ts-expected, ts-older.translate(expected, s)
	return near(ts, expected, jumpTicks) && max(byOld, -byOld) < max(byNew, -byNew)
}

// holdAgainst opens a new stretch where a time stamp breaks with its stream's clock. A gap as long as the time in which
// nothing came is no jump: packets were lost, or the source was away, and its clock ran on. But where a source carries on
// from where it stopped, and segments have been raised without it since, its clock has stood still: that shifts it.
func (s *segmenter) holdAgainst(h *head, ts, position, step int64, now time.Time) {
	elapsed := h.ticksSince(now)
	outage := elapsed > jumpTicks
	tolerance := int64(jumpTicks)
	if h.position < s.boundary && s.boundary <= position {
		tolerance = flaggedJumpTicks
	}
	expected := h.ts + step
	switch {
	case near(ts, h.ts+max(step, elapsed), tolerance):
	case near(ts, expected, tolerance):
		if outage && h.strays == 0 && s.overtaken(ts) { // a stray one would take the others astray
			before := s.current()
			s.open(s.credible(h, h.ts+max(step, elapsed), now), ts, position)
			s.adopt(before)
		}
	case outage:
		s.jump(h, h.ts+max(step, elapsed), ts, position, now)
	default:
		s.jump(h, expected, ts, position, now)
	}
}

// jump begins a new stretch where a stream's time stamps break with their clock, and tells of it.
func (s *segmenter) jump(h *head, expected, ts, position int64, now time.Time) {
	expected = s.credible(h, expected, now)
	s.tell(h, expected, ts)
	s.open(expected, ts, position)
}

// tell says that a stream's time stamps break with their clock.
func (s *segmenter) tell(h *head, expected, ts int64) {
	if s.opts.jumped != nil && s.current().mapped {
		s.opts.jumped(s.pidOf(h), expected, ts)
	}
}

// pidOf is the PID of a head's stream.
func (s *segmenter) pidOf(h *head) int {
	l := s.opts.layout
	for i := range l.audio {
		if h == &s.heads[s.soundHead(i)] {
			return l.audio[i].pid
		}
	}
	return l.video.pid
}

// adopt takes every stream of the stretch before over to the current one, whose clock is the same. One that is still on an
// older clock stays there: read on this one its time stamps would lie hours away.
func (s *segmenter) adopt(before *stretch) {
	for i := range s.heads {
		if s.heads[i].stretch == before {
			s.heads[i].stretch = s.current()
		}
	}
}

// overtaken reports whether the segment of a time stamp has been raised already.
func (s *segmenter) overtaken(ts int64) bool {
	cur := s.current()
	return cur.mapped && cur.place(ts) < s.grid.Segment(s.number).First-s.opts.warmUp
}

// open begins a new stretch whose clock shows ts where the old one would show expected.
func (s *segmenter) open(expected, ts, position int64) {
	cur := s.current()
	if s.boundary > cur.start && s.boundary <= position {
		position = s.boundary
	}
	s.boundary = -1
	s.pace.reset()
	if !cur.mapped { // nothing of it is on the timeline: begin afresh
		s.stretches[len(s.stretches)-1] = newStretch(s.grid, cur.layout, position, cur.psi)
		return
	}
	cur.fix()
	s.stretches = append(s.stretches, cur.next(position, expected-ts))
}

// tables takes new PAT and PMT packets for cuts from the position on. Where the streams have moved to other PIDs or are of
// another kind, a new stretch begins with the same clock.
func (s *segmenter) tables(psi []byte, l layout, position int64) {
	cur := s.current()
	if cur.layout.same(l) {
		if len(s.stretches) == 1 && !cur.mapped {
			cur.psi = psi
		}
		return
	}
	if !cur.mapped {
		s.opts.layout = l
		s.stretches[len(s.stretches)-1] = newStretch(s.grid, l, position, psi)
		return
	}
	cur.fix()
	next := cur.next(position, 0)
	next.layout, next.psi = l, psi
	// The rule is the same; what is to be decoded before the last picture's place cannot be.
	next.fixed, next.entry = true, next.floor
	if l.video != nil && *l.video == *cur.layout.video {
		next.inherit(cur, s.heads[0].ts)
	}
	s.opts.layout = l
	s.stretches = append(s.stretches, next)
	s.adopt(cur)
}

// due is when the segment ought to have been complete, and is raised with what there is.
func (s *segmenter) due(iv rung.Interval) time.Time {
	return s.origin.Add(time.Duration(s.grid.Micros(iv.End()))*time.Microsecond + s.delay.value() + lostAfter)
}

// tick raises the segments that are due although their source has not come. It reports whether there were any.
func (s *segmenter) tick(now time.Time) bool {
	late := false
	for s.started() && !s.ended && !s.due(s.grid.Segment(s.number)).After(now) {
		late = true
		s.enqueue(s.grid.Segment(s.number), s.analysed, false, now)
	}
	return late
}
