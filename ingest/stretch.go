package ingest

import (
	"math"
	"math/big"
	"slices"
	"sort"

	"rung"
)

// unbounded bounds grid places and samples that no neighbour limits. It leaves room for arithmetic.
const unbounded = math.MaxInt64 / 4

// open is the end of a stretch that still lasts.
const open = int64(math.MaxInt64)

// stretch is a run of source that maps onto the timeline by one rule: time stamp origin is at grid place frame. A
// discontinuity ends a stretch and begins the next.
type stretch struct {
	grid       rung.Grid
	layout     layout
	start, end int64 // byte positions [start, end)
	psi        []byte
	origin     int64 // in the time base of the video, or of the first audio track where there is no video
	frame      int64
	follows    bool  // another stretch came before it
	floor      int64 // the first place that stretch has left free
	offset     int64 // from its clock to the clock of the session's first stretch
	mapped     bool  // the rule holds, though it may yet be set in phase with the pictures
	fixed      bool  // the rule never changes again
	raps       []randomAccess
	entered    bool  // a random access point has been seen
	entry      int64 // its place: what comes before it cannot be decoded
	last       int64 // the greatest place of a picture, or of the end of sound where there is no video
	sounds     []soundtrack
}

// randomAccess is a picture that decoding can begin with.
type randomAccess struct {
	ready    int64 // the first place that is whole: its own, or where its gradual refresh has ended
	position int64
}

// soundtrack is one audio track's part of a stretch.
type soundtrack struct {
	heard    bool
	origin   int64 // time stamp of the first frame heard
	sample   int64 // its place on the timeline, in source samples; valid once fixed
	fixed    bool
	end      int64 // time stamp of the last frame heard
	position int64
	marks    []soundMark
	stamps   []int64 // time stamps that were known before it was fixed
	drift    *drift  // its clock's; nil until fixed, and where coded frames have no one size
}

// soundMark is where coded sound begins in the source.
type soundMark struct {
	pts, position int64
}

func newStretch(grid rung.Grid, l layout, start int64, psi []byte) *stretch {
	return &stretch{grid: grid, layout: l, start: start, end: open, psi: psi, last: -unbounded, sounds: make([]soundtrack, len(l.audio))}
}

// next opens the stretch that follows at position start, in which time stamp t stands for t+shift of this one's clock.
func (s *stretch) next(start, shift int64) *stretch {
	s.end = start
	n := newStretch(s.grid, s.layout, start, s.psi)
	n.origin, n.frame, n.mapped = s.origin-shift, s.frame, true
	n.follows, n.floor, n.offset = true, s.last+1, s.offset+shift
	return n
}

// translate is what the clock of another stretch shows when this one's shows ts.
func (s *stretch) translate(ts int64, to *stretch) int64 { return ts + s.offset - to.offset }

// inherit takes over the pictures of the stretch before, whose video goes on unchanged: decoding may begin as far back in
// it. Pictures are this stretch's from the one on that may be shown next after decoding time dts, the last there was: those
// before it have all been received in the other.
func (s *stretch) inherit(before *stretch, dts int64) {
	s.raps, s.entered, s.last = slices.Clone(before.raps), before.entered, before.last
	s.entry = max(before.entry, before.place(dts)+1)
}

// timeBase is the clock of origin.
func (s *stretch) timeBase() rung.Rational {
	if s.layout.video != nil {
		return s.layout.video.timeBase
	}
	return s.layout.audio[0].timeBase
}

// place is the grid place of a time stamp of the video.
func (s *stretch) place(pts int64) int64 {
	return s.frame + s.grid.FrameAt(pts-s.origin, s.timeBase())
}

// micros is when a time stamp of the video (track -1) or of an audio track is, in microseconds from the session's origin.
func (s *stretch) micros(track int, pts int64) int64 {
	tb := s.timeBase()
	if track >= 0 && s.layout.audio[track].timeBase != tb {
		t := s.instant(track, pts)
		return nearest(t.Mul(t, big.NewRat(1_000_000, 1)))
	}
	return s.grid.Micros(s.frame) + rung.Rescale(pts-s.origin, tb, rung.Rational{Num: 1, Den: 1_000_000})
}

// instant is when an audio track's time stamp is, in seconds from the session's origin.
func (s *stretch) instant(track int, pts int64) *big.Rat {
	t := seconds(pts, s.layout.audio[track].timeBase)
	t.Sub(t, seconds(s.origin, s.timeBase()))
	return t.Add(t, seconds(s.frame, s.grid.Rate.Inverse()))
}

// samplePTS is an audio track's time stamp at an output sample (at rung.AudioRate).
func (s *stretch) samplePTS(track int, sample int64) int64 {
	t := seconds(sample, rung.Rational{Num: 1, Den: rung.AudioRate})
	t.Sub(t, seconds(s.frame, s.grid.Rate.Inverse()))
	t.Add(t, seconds(s.origin, s.timeBase()))
	tb := s.layout.audio[track].timeBase
	return nearest(t.Mul(t, big.NewRat(tb.Den, tb.Num)))
}

// soundingPlace is the grid place that the last sample before an audio track's time stamp lies in.
func (s *stretch) soundingPlace(track int, end int64) int64 {
	frames := s.instant(track, end)
	return ceiling(frames.Mul(frames, big.NewRat(s.grid.Rate.Num, s.grid.Rate.Den))) - 1
}

// hear notes sound of a track.
func (s *stretch) hear(track int, pts, position int64) {
	t := &s.sounds[track]
	if !t.heard {
		t.heard, t.origin = true, pts
	}
	t.end, t.position = pts, position
	t.marks = append(t.marks, soundMark{pts: pts, position: position})
	if !s.mapped { // nothing before the origin is wanted but what leads in to it
		keep := pts - rung.Rescale(1, rung.Rational{Num: 1, Den: 1}, s.layout.audio[track].timeBase)
		t.forget(keep)
	}
}

// stamp notes the time stamp of a coded frame of a track, for its drift.
func (s *stretch) stamp(track int, pts int64) {
	if t := &s.sounds[track]; t.drift != nil {
		t.drift.note(pts - t.origin)
	}
}

// forget drops the marks before the last one at or before pts.
func (t *soundtrack) forget(pts int64) {
	if i := t.before(pts); i > 0 {
		t.marks = append(t.marks[:0], t.marks[i:]...)
	}
}

// before is the index of the last mark at or before pts; -1: none.
func (t *soundtrack) before(pts int64) int {
	return sort.Search(len(t.marks), func(i int) bool { return t.marks[i].pts > pts }) - 1
}

// fix settles the rule for good, and with it every track that has been heard.
func (s *stretch) fix() {
	s.fixed = s.mapped
	for i := range s.sounds {
		s.fixTrack(i)
	}
}

// fixTrack settles where a track's sound lies, by the distance of its first frame from the stretch's origin.
func (s *stretch) fixTrack(i int) {
	t := &s.sounds[i]
	if t.fixed || !t.heard || !s.fixed {
		return
	}
	at := s.instant(i, t.origin)
	t.sample, t.fixed = nearest(at.Mul(at, big.NewRat(int64(s.layout.audio[i].sampleRate), 1))), true
	if a := &s.layout.audio[i]; a.frameSize > 0 && a.sampleRate > 0 {
		t.drift = newDrift(a, t.sample)
		for _, pts := range t.stamps {
			t.drift.note(pts - t.origin)
		}
		t.stamps = nil
	}
}

// firstSample is the output sample that a track's sound begins at, for the bound between two stretches.
func (s *stretch) firstSample(i int) (int64, bool) {
	t := &s.sounds[i]
	if !t.fixed {
		return 0, false
	}
	return rung.Rescale(t.sample, rung.Rational{Num: 1, Den: int64(s.layout.audio[i].sampleRate)}, rung.Rational{Num: 1, Den: rung.AudioRate}), true
}
