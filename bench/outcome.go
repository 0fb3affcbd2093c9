package bench

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// outcome is what became of the segments of one run.
type outcome struct {
	segments, onTime, late, missing int64
	latencies                       []int64 // of those that were listed, in microseconds
	growth                          float64 // seconds a second
	drift                           time.Duration
	length                          time.Duration // of the longest segment
}

// segmentTime is one segment's times, whoever encoded it.
type segmentTime struct {
	due      time.Time // its last source packet came
	deadline time.Time
	listed   time.Time // zero: never, or as a gap
	length   time.Duration
}

// judge counts, and compares the two halves of a run.
func judge(all []segmentTime) outcome {
	var o outcome
	slices.SortFunc(all, func(a, b segmentTime) int { return a.due.Compare(b.due) })
	for _, s := range all {
		o.segments++
		if o.length == 0 || s.length > o.length {
			o.length = s.length
		}
		switch {
		case s.listed.IsZero():
			o.missing++
			continue
		case s.listed.After(s.deadline):
			o.late++
		default:
			o.onTime++
		}
		o.latencies = append(o.latencies, s.listed.Sub(s.due).Microseconds())
	}
	o.measureGrowth(all)
	return o
}

// measureGrowth compares the medians of the halves' latencies. A segment that was never listed counts as just late.
func (o *outcome) measureGrowth(all []segmentTime) {
	if len(all) < 4 {
		return
	}
	half := len(all) / 2
	early, late := all[:half], all[len(all)-half:]
	apart := middle(late).Sub(middle(early))
	if apart <= 0 {
		return
	}
	o.drift = medianLatency(late) - medianLatency(early)
	o.growth = float64(o.drift) / float64(apart)
}

// middle is the time about which a half's segments were due.
func middle(half []segmentTime) time.Time {
	first, last := half[0].due, half[len(half)-1].due
	return first.Add(last.Sub(first) / 2)
}

func medianLatency(half []segmentTime) time.Duration {
	v := make([]time.Duration, len(half))
	for i, s := range half {
		if v[i] = s.listed.Sub(s.due); s.listed.IsZero() {
			v[i] = s.deadline.Sub(s.due)
		}
	}
	slices.SortFunc(v, cmp.Compare[time.Duration])
	return v[len(v)/2]
}

// growthOfSegment is how much the median latency may grow from the first half of a run to the second, as a share of a
// segment's length: more than that is a queue that gets longer, less is what chance does to a few dozen segments.
const growthOfSegment = 1.0 / 6

// share is the part of all that was on time.
func (o *outcome) share() float64 {
	if o.segments == 0 {
		return 0
	}
	return float64(o.onTime) / float64(o.segments)
}

// fill sets a trial's figures by the outcome and says whether it held the target.
func (o *outcome) fill(t *Trial, target float64) {
	t.Segments, t.OnTime, t.Late, t.Missing, t.Share, t.Growth = o.segments, o.onTime, o.late, o.missing, o.share(), o.growth
	t.Latency = PercentilesOf(o.latencies)
	limit := time.Duration(float64(o.length) * growthOfSegment)
	switch {
	case o.segments == 0:
		t.Why = "no segment was due"
	case t.Share < target:
		t.Why = fmt.Sprintf("%d of %d segments were late or missing", o.late+o.missing, o.segments)
	case o.drift > limit:
		t.Why = fmt.Sprintf("segments came later and later, by %.2f s over half of the run", o.drift.Seconds())
	default:
		t.Held = true
	}
}
