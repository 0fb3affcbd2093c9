package rung

import "sort"

// DriftUnit is how many units a Drift counts one source sample in.
const DriftUnit = 1 << 16

// fineBits is how many more bits Fine has than At.
const fineBits = 16

// Drift is how far the samples of a source are ahead of its time stamps (behind, where negative), along the timeline:
// what a sound card's clock has gained on the clock that stamps. It changes evenly from each knot to the next and not at
// all before the first and behind the last. None means that the two clocks are one.
type Drift []DriftKnot

// DriftKnot is one point of a Drift.
type DriftKnot struct {
	At     int64 `json:"at"`     // output sample (at AudioRate) from the session's origin
	Offset int64 `json:"offset"` // of a source sample, in 1/DriftUnit
}

// At is the drift at an output sample in DriftUnits, rounded down.
func (d Drift) At(sample int64) int64 { return d.Fine(sample) >> fineBits }

// Fine is the drift at an output sample in 1/65536 of a DriftUnit (2^-32 source samples), rounded down. Where both knots
// around the sample are zero it is zero exactly.
func (d Drift) Fine(sample int64) int64 {
	next := sort.Search(len(d), func(i int) bool { return d[i].At > sample })
	switch {
	case len(d) == 0:
		return 0
	case next == 0:
		return d[0].Offset << fineBits
	case next == len(d):
		return d[next-1].Offset << fineBits
	}
	a, b := d[next-1], d[next]
	rise, over := ((b.Offset-a.Offset)<<fineBits)*(sample-a.At), b.At-a.At
	steps := rise / over
	if rise%over < 0 {
		steps--
	}
	return a.Offset<<fineBits + steps
}
