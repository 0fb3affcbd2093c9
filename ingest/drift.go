package ingest

import (
	"slices"

	"rung"
)

const (
	// driftPeriod is the distance of a drift's knots, in output samples: a second. Knot j lies at j periods from the
	// session's origin, whatever the segments are.
	driftPeriod = rung.AudioRate
	// driftMargin is how far around what an encoder is fed a task's drift has to be known, in output samples: what a
	// resampler looks at.
	driftMargin = 1024
	// driftStart is how far sound must be off its time stamps before it is resampled, in microseconds, beyond what the
	// stamps scatter by, or a tick: by their rounding alone it can seem to be off. maxDriftStart is enough for stamps that
	// were made in milliseconds, as those of FLV and Matroska.
	driftStart, maxDriftStart = 60, 750
	// driftStep is how far sound may come away from where it is expected within a period, in microseconds, before that is
	// no drift but a step: sound was lost at the source, or its encoder started again.
	driftStep = 2000
	// maxDrift bounds a drift, in 1e-6, with what is being caught up in it: three and a half hundredths of a half-tone,
	// which nobody hears. It leaves room for sound at 48000 Hz that was made at 47952 or the like.
	maxDrift = 2000
	// maxCatchUp bounds how fast an error is made good, in 1e-6.
	maxCatchUp = 500
	// maxIdle is how many periods without being asked for are followed one by one: an hour.
	maxIdle = 3600
)

// drift follows one soundtrack's own clock, its count of samples, against its time stamps. It is made of what the source
// says alone, second by second, so that any two ingests that hear the source find the same.
//
// A time stamp says where a frame begins to a fraction of a frame; how many frames there are before it says the rest. So
// the offset of the samples is what is left of the time stamps when whole frames are taken off, and is followed over any
// number of frames.
//
// Offsets are in rung.DriftUnits, times in output samples.
type drift struct {
	timeBase  rung.Rational
	rate      int64
	frame     int64 // of a coded frame
	begin     int64 // time of the first frame
	pending   []driftMark
	next      int64 // the next period to be taken
	taken     int64 // periods with sound so far
	offset    int64 // where sound was at the end of the last period
	speed     int64 // by how much the offset changes in a period
	scatter   int64 // by how much the offsets within a period differ
	misses    int   // periods in a row that were not near where sound was expected
	following bool
	first     int64   // the number of the first of knots; those before are zero
	knots     []int64 // offsets of what has been decided, which never changes
}

// driftMark is a frame's time and how far its time stamp is from a whole number of frames after the first's.
type driftMark struct {
	at, offset int64
}

// newDrift follows a track whose first frame lies at a source sample of the timeline.
func newDrift(t *track, sample int64) *drift {
	d := &drift{timeBase: t.timeBase, rate: int64(t.sampleRate), frame: int64(t.frameSize) * rung.DriftUnit}
	d.begin = rung.Rescale(sample, rung.Rational{Num: 1, Den: d.rate}, rung.Rational{Num: 1, Den: rung.AudioRate})
	d.next = floorDiv(d.begin, driftPeriod)
	d.first = d.next + 2
	return d
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// note takes the time stamp of a coded frame, in ticks after the first one's. What comes after its period has been
// decided on is left out.
func (d *drift) note(ticks int64) {
	at := d.begin + rung.Rescale(ticks, d.timeBase, rung.Rational{Num: 1, Den: rung.AudioRate})
	if at < d.next*driftPeriod {
		return
	}
	nominal := rung.Rescale(ticks, d.timeBase, rung.Rational{Num: 1, Den: d.rate * rung.DriftUnit})
	d.pending = append(d.pending, driftMark{at: at, offset: d.within(-nominal)})
}

// within is an offset without whole frames: at the most half a frame.
func (d *drift) within(offset int64) int64 {
	return offset - floorDiv(offset+d.frame/2, d.frame)*d.frame
}

// over gives the drift over a stretch of output samples and forgets what lies before it. It is decided by what has come
// before the last second of the stretch. None means that there has not been any.
func (d *drift) over(from, to int64) rung.Drift {
	first, last := floorDiv(from, driftPeriod), -floorDiv(-to, driftPeriod)
	d.rest(first)
	for d.first+int64(len(d.knots)) <= last {
		d.take()
	}
	if cut := min(first-d.first, int64(len(d.knots))); cut > 0 {
		d.knots, d.first = slices.Delete(d.knots, 0, int(cut)), d.first+cut
	}
	var knots rung.Drift
	some := false
	for j := first; j <= last; j++ {
		k := rung.DriftKnot{At: j * driftPeriod}
		if j >= d.first {
			k.Offset = d.knots[j-d.first]
		}
		knots = append(knots, k)
		some = some || k.Offset != 0
	}
	if !some {
		return nil
	}
	return knots
}

// rest passes over a time in which no sound has been asked for, up to shortly before knot j: what its clock did then is not
// known, and who hears sound again has nothing to join it to.
func (d *drift) rest(j int64) {
	idle := j - maxIdle - d.first - int64(len(d.knots))
	if idle <= 0 {
		return
	}
	d.next += idle
	d.first, d.knots = d.first+int64(len(d.knots))+idle, nil
	n := 0
	for n < len(d.pending) && d.pending[n].at < d.next*driftPeriod {
		n++
	}
	d.pending = slices.Delete(d.pending, 0, n)
	d.misses = 0
}

// take ends a period: it learns from its frames and decides on the knot a period after its end.
func (d *drift) take() {
	end := (d.next + 1) * driftPeriod
	n := 0
	for n < len(d.pending) && d.pending[n].at < end {
		n++
	}
	d.learn(d.pending[:n], end)
	d.pending = slices.Delete(d.pending, 0, n)
	d.next++
	last := int64(0)
	if k := len(d.knots); k > 0 {
		last = d.knots[k-1]
	}
	d.stay(last)
	d.knots = append(d.knots, d.knot(last))
}

// learn moves the offset and its speed on to the end of a period by the frames in it. The weights are those of a straight
// line through all that has been heard, until it is long enough; from then on those of the last ten seconds or so.
func (d *drift) learn(marks []driftMark, end int64) {
	d.offset += d.speed
	if len(marks) == 0 {
		return
	}
	miss := d.middle(marks, end) - d.offset
	if d.taken > 0 && max(miss, -miss) > d.micros(driftStep) {
		if d.misses++; d.misses > 1 { // it is no stray one
			d.offset, d.misses = d.offset+miss, 0
		}
		return
	}
	d.misses = 0
	d.taken++
	n := d.taken
	if n > 15 {
		d.offset += miss / 8
		d.speed += miss / 128
	} else {
		d.offset += miss * 2 * (2*n - 1) / (n * (n + 1))
		if n > 1 {
			d.speed += miss * 6 / (n * (n + 1))
		}
	}
	d.speed = within(d.speed, d.ppm(maxDrift))
}

// middle is where the frames of a period say that sound is at its end: the mean without the lower and the upper quarter,
// which leaves out what is damaged.
func (d *drift) middle(marks []driftMark, end int64) int64 {
	first := d.offset + d.within(marks[0].offset-d.offset)
	offsets := make([]int64, len(marks))
	for i, m := range marks {
		offsets[i] = first + d.within(m.offset-first) + d.speed*(end-m.at)/driftPeriod
	}
	slices.Sort(offsets)
	d.scatter = max(offsets[len(offsets)-1]-offsets[0], d.scatter*7/8)
	offsets = offsets[len(offsets)/4 : len(offsets)-len(offsets)/4]
	sum := int64(0)
	for _, v := range offsets {
		sum += v
	}
	return floorDiv(sum, int64(len(offsets)))
}

// tolerance is how far sound may seem to be off its time stamps by their rounding.
func (d *drift) tolerance() int64 {
	tick := rung.Rescale(1, d.timeBase, rung.Rational{Num: 1, Den: d.rate * rung.DriftUnit})
	return min(d.micros(driftStart)+max(d.scatter, tick), d.micros(maxDriftStart))
}

// stay takes whole frames off the offset where it has gone farther from the last knot than half a frame: the engine then
// takes the time stamps for those of the next frame.
func (d *drift) stay(last int64) {
	if off := d.offset - last; max(off, -off) > d.frame/2 {
		d.offset = last + d.within(off)
	}
}

// knot decides on the offset a period after the last one taken, last being that of the knot before.
func (d *drift) knot(last int64) int64 {
	if !d.following && max(d.offset, -d.offset) <= d.tolerance() {
		return 0
	}
	d.following = true
	lack := d.offset - last
	slope := within(d.speed+within(lack/4, d.ppm(maxCatchUp)), d.ppm(maxDrift))
	if last+slope == 0 {
		return 1 // zero says that nothing was followed yet
	}
	return last + slope
}

// within is v no farther from zero than bound.
func within(v, bound int64) int64 { return max(-bound, min(v, bound)) }

// micros is a time as an offset.
func (d *drift) micros(v int64) int64 { return v * d.rate * rung.DriftUnit / 1_000_000 }

// ppm is a change of so many millionths as an offset per period.
func (d *drift) ppm(v int64) int64 { return d.micros(v) }
