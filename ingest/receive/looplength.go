package receive

import "rung"

// loopLength is how long a pass of a looped file is, exactly: a number of frames at a rate. Passes are counted in it, so
// that rounding to time stamps does not add up over them.
type loopLength struct {
	frames int64
	rate   rung.Rational // frames a second
}

// stampBase is the time base of time stamps.
var stampBase = rung.Rational{Num: 1, Den: 90000}

// times is the length of a number of passes in 1/90000 s.
func (l loopLength) times(passes int64) int64 {
	return rung.Rescale(passes*l.frames, l.rate.Inverse(), stampBase)
}

// newLoopLength takes what was measured in 1/90000 s for the nearest whole number of frames, if it is one within the
// rounding of time stamps; otherwise it is what it is.
func newLoopLength(ticks int64, rate rung.Rational) loopLength {
	if !rate.IsZero() {
		l := loopLength{frames: rung.Rescale(ticks, stampBase, rate.Inverse()), rate: rate}
		if d := l.times(1) - ticks; d >= -2 && d <= 2 {
			return l
		}
	}
	return loopLength{frames: ticks, rate: stampBase.Inverse()}
}
