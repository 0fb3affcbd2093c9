package ingest

import (
	"math/big"
	"slices"
	"time"

	"rung"
)

// followed are the time stamps by which the drift of a container's sound is to be followed; none where there are none to
// go by: coded frames that do not follow each other, or have no one size. size is that of the track's frames, in samples.
//
// Where a tick is no longer than a sample, time stamps are exact and need no whole frames to be read by (frameSize is 0),
// unless they drift: then the frames are what is exact.
func (t *track) followed(s Span, size int) []int64 {
	if size <= 0 || t.sampleRate <= 0 || len(s.Stamps) < 2 || !slices.IsSorted(s.Stamps) {
		return nil
	}
	if lasts := seconds(s.Stamps[len(s.Stamps)-1]-s.Stamps[0], t.timeBase); lasts.Cmp(big.NewRat(int64(maxFilm/time.Second), 1)) > 0 {
		return nil
	}
	frame := rung.Rescale(int64(size), rung.Rational{Num: 1, Den: int64(t.sampleRate)}, t.timeBase)
	uneven := max(1, rung.Rescale(1, rung.Rational{Num: 1, Den: 1000}, t.timeBase))
	if !near(s.Shortest, frame, uneven) || !near(s.Longest, frame, uneven) {
		return nil
	}
	if t.frameSize > 0 {
		return s.Stamps
	}
	counted := *t
	counted.frameSize = size
	if !counted.drifts(s.Stamps) {
		return nil
	}
	*t = counted
	return s.Stamps
}

// drifts reports whether the track's clock is off its time stamps anywhere.
func (t *track) drifts(stamps []int64) bool {
	d := newDrift(t, 0)
	for _, pts := range stamps {
		d.note(pts - stamps[0])
	}
	last := rung.Rescale(stamps[len(stamps)-1]-stamps[0], t.timeBase, rung.Rational{Num: 1, Den: rung.AudioRate})
	return d.over(0, last+driftPeriod) != nil
}
