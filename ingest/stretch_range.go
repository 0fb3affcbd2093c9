package ingest

import (
	"rung"
)

const (
	// warmUpFrames is how many pictures before its interval a task decodes: the deinterlacer's state.
	warmUpFrames = 8
	// warmUpSamples is how much sound before its interval a task decodes: the encoder's lead-in of 8 frames, the
	// resampler's margin and the decoder's own overlap; 0.4 s.
	warmUpSamples = rung.AudioRate * 2 / 5
	// staleFrames bounds how far before an interval the last picture may be for the task to begin with it: later the
	// engine shows slate anyway.
	staleMicros = 2_000_000
)

// from is the position that a task for the interval reads the stretch from: the last random access point that leaves the
// warm-up before it, and as far back as the sound's warm-up asks for. Where the stretch has none of either, it is the
// earliest known. ok is false where the stretch has nothing to do with the interval.
func (s *stretch) from(iv rung.Interval, warmUp int64) (position int64, ok bool) {
	position = open
	if s.showsNear(iv) {
		r := s.raps[0]
		for _, later := range s.raps[1:] {
			if later.ready > iv.First-warmUp {
				break
			}
			r = later
		}
		position = r.position
	}
	for i := range s.sounds {
		if m, heard := s.leadIn(i, iv); heard {
			position = min(position, m)
		}
	}
	return position, position != open
}

// neededFrom is the position that tasks for the interval or any later one read the stretch from: what it begins with may
// lie some segments ahead, where the source has come back with another clock.
func (s *stretch) neededFrom(iv rung.Interval, warmUp int64) (position int64, ok bool) {
	if position, ok = s.from(iv, warmUp); !ok {
		position = open
	}
	if len(s.raps) > 0 && s.entry >= iv.End()+2 {
		position = min(position, s.raps[0].position)
	}
	for i := range s.sounds {
		if marks := s.sounds[i].marks; s.mapped && len(marks) > 0 && marks[0].pts > s.samplePTS(i, (iv.AudioEnd()+2)*rung.AudioFrame) {
			position = min(position, marks[0].position)
		}
	}
	return position, position != open
}

// showsNear reports whether pictures of the stretch lie in the interval, or near enough before it to be its first.
func (s *stretch) showsNear(iv rung.Interval) bool {
	stale := rung.Rescale(staleMicros, rung.Rational{Num: 1, Den: 1_000_000}, s.grid.Rate.Inverse())
	return len(s.raps) > 0 && s.last >= iv.First-stale && s.entry < iv.End()+2
}

// leadIn is where the sound of a track begins that the interval needs.
func (s *stretch) leadIn(i int, iv rung.Interval) (position int64, ok bool) {
	t := &s.sounds[i]
	if !s.mapped || len(t.marks) == 0 {
		return 0, false
	}
	begin := s.samplePTS(i, iv.AudioFirst*rung.AudioFrame-warmUpSamples)
	end := s.samplePTS(i, (iv.AudioEnd()+2)*rung.AudioFrame)
	at := t.before(begin)
	if at == len(t.marks)-1 && s.longBefore(i, t.end, begin) || t.marks[0].pts > end {
		return 0, false
	}
	return t.marks[max(0, at)].position, true
}

// longBefore reports whether a track's last frame is too old to reach into what begins at time stamp begin.
func (s *stretch) longBefore(i int, last, begin int64) bool {
	return begin-last > rung.Rescale(1, rung.Rational{Num: 1, Den: 1}, s.layout.audio[i].timeBase)
}

// trim forgets what no task from the interval on will ask for: also what lies so far back that, should the source come
// back, nothing would be decoded from there.
func (s *stretch) trim(iv rung.Interval, warmUp int64) {
	if s.entered && !s.showsNear(iv) && s.entry < iv.First {
		s.raps = nil
	}
	keep := 0
	for i, r := range s.raps {
		if r.ready <= iv.First-warmUp {
			keep = i
		}
	}
	if keep > 0 {
		s.raps = append(s.raps[:0], s.raps[keep:]...)
	}
	if !s.mapped {
		return
	}
	for i := range s.sounds {
		t := &s.sounds[i]
		begin := s.samplePTS(i, iv.AudioFirst*rung.AudioFrame-warmUpSamples)
		if t.forget(begin); len(t.marks) > 0 && s.longBefore(i, t.end, begin) {
			t.marks = nil
		}
	}
}
