package ingest

import (
	"time"

	"rung"
)

// cut raises every segment that is complete.
func (s *segmenter) cut(now time.Time) {
	for s.complete(s.grid.Segment(s.number)) {
		s.enqueue(s.grid.Segment(s.number), s.told, false, now)
	}
}

// complete reports whether all of the interval's source has been told of, as far as it will come: each stream has
// passed it and its follow-on, or is farther behind the foremost one than by its habit. At least one has passed.
func (s *segmenter) complete(iv rung.Interval) bool {
	if !s.started() {
		return false
	}
	foremost := int64(0)
	for i := range s.heads {
		foremost = max(foremost, s.heads[i].micros)
	}
	done := false
	for i := range s.heads {
		switch {
		case s.hasPassed(i, iv):
			done = true
		case !s.opts.transport && i > 0: // its sound is there at once
		case foremost-s.heads[i].micros <= s.heads[i].lag+missingMicros:
			return false
		}
	}
	return done
}

// promptness is how much more promptly than of late a source may come without its segments being raised any later.
const promptness = 250 * time.Millisecond

// earliest is before when the next segment will not be complete, by how the source has come of late; zero where that is
// not known.
func (s *segmenter) earliest() time.Time {
	delay, known := s.pace.least()
	if s.origin.IsZero() || !known {
		return time.Time{}
	}
	return s.origin.Add(time.Duration(s.grid.Micros(s.grid.Segment(s.number).End()))*time.Microsecond + delay - promptness)
}

// hasPassed reports whether a stream has come past the interval and what decoding and filtering hold back: two more
// pictures for the deinterlacer, two audio frames and a margin. Pictures are counted by decoding time: one that is whole
// shows that all that are decoded before it are.
func (s *segmenter) hasPassed(i int, iv rung.Interval) bool {
	h := &s.heads[i]
	if !h.seen {
		return false
	}
	if i == 0 && s.opts.layout.video != nil {
		return h.place >= iv.End()+1
	}
	end := (iv.AudioEnd()+2)*rung.AudioFrame + soundMargin
	return h.micros >= rung.Rescale(end, rung.Rational{Num: 1, Den: rung.AudioRate}, rung.Rational{Num: 1, Den: 1_000_000})
}

// enqueue takes a segment whose source ends at position to, and raises it as soon as its bytes can be read.
func (s *segmenter) enqueue(iv rung.Interval, to int64, last bool, now time.Time) {
	if c := s.current(); c.mapped {
		c.fix()
	}
	s.waiting = append(s.waiting, waitingTask{number: s.number, interval: iv, last: last, pieces: s.pieces(iv, to), arrived: now})
	s.number++
	s.trim()
	s.release(now)
}

// pieces are the stretches that the interval needs, with the positions it needs of them.
func (s *segmenter) pieces(iv rung.Interval, to int64) []sourcePiece {
	var pieces []sourcePiece
	for i, st := range s.stretches {
		from, ok := st.from(iv, s.opts.warmUp)
		end := min(to, st.end)
		if !ok || end <= from {
			continue
		}
		var after *stretch
		if i+1 < len(s.stretches) {
			after = s.stretches[i+1]
		}
		pieces = append(pieces, sourcePiece{part: st.part(s.opts.format, iv, after), from: from, to: end})
	}
	return pieces
}

// trim forgets what no later segment needs.
func (s *segmenter) trim() {
	iv := s.grid.Segment(s.number)
	for _, st := range s.stretches {
		st.trim(iv, s.opts.warmUp)
	}
	for len(s.stretches) > 1 {
		if _, needed := s.stretches[0].neededFrom(iv, s.opts.warmUp); needed {
			break
		}
		s.stretches = s.stretches[1:]
	}
	keep := s.analysed
	for _, st := range s.stretches {
		if from, ok := st.neededFrom(iv, s.opts.warmUp); ok {
			keep = min(keep, from)
		}
	}
	for _, w := range s.waiting {
		for _, p := range w.pieces {
			keep = min(keep, p.from)
		}
	}
	s.opts.locator.forget(keep)
}

// release raises the waiting segments whose bytes can be read, in order. It is called again when more can.
func (s *segmenter) release(now time.Time) {
	for len(s.waiting) > 0 {
		w := s.waiting[0]
		var parts []rung.Part
		for _, p := range w.pieces {
			located, ready := s.opts.locator.locate(p.part, p.from, p.to)
			if !ready {
				return
			}
			parts = append(parts, located...)
		}
		s.waiting = s.waiting[1:]
		s.opts.raise(s.task(w, parts, now))
	}
}

func (s *segmenter) task(w waitingTask, parts []rung.Part, now time.Time) rung.Task {
	id := s.opts.id
	id.Number = w.number
	t := rung.Task{ID: id, Interval: w.interval, Last: w.last, Ladder: s.opts.ladder, Store: s.opts.store, Prefix: s.opts.prefix, Parts: parts}
	if s.opts.slate != nil {
		t.Slate = s.opts.slate()
	}
	if !s.origin.IsZero() {
		t.Time = s.origin.Add(time.Duration(s.grid.Micros(w.interval.First)) * time.Microsecond).UTC().Round(0)
	}
	if !w.arrived.IsZero() {
		t.Arrived = w.arrived.UTC().Round(0)
	}
	if !now.IsZero() {
		t.Raised = now.UTC().Round(0)
	}
	if s.opts.deadline > 0 {
		t.Deadline = t.Raised.Add(s.opts.deadline)
	}
	return t
}

// flush ends the session where its source has ended: the timeline ends with the last picture, or with the last sound
// where there is none. The last segment is as short as it comes.
func (s *segmenter) flush(now time.Time) {
	if !s.started() || s.ended {
		return
	}
	s.ended = true
	total := int64(0)
	for _, st := range s.stretches {
		total = max(total, st.last+1)
	}
	for {
		iv := s.grid.Segment(s.number)
		if iv.First >= total {
			return
		}
		if iv.End() > total {
			iv = s.grid.Interval(iv.First, total-iv.First)
		}
		s.enqueue(iv, s.analysed, iv.End() == total, now)
	}
}
