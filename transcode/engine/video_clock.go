// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "rung"

// videoClock maps the time stamps of one part's pictures onto the grid.
type videoClock struct {
	source *rung.VideoSource
	frame  rung.Rational // a grid place's duration, in seconds
	// late moves what lies between two places on to the later one, in seconds: pictures that are flagged as pulled down lie
	// there every other time, and the rounding of their time stamps must not say where they go.
	late rung.Rational
	// expected is the time stamp that the interval's start maps to: wraps are undone around it.
	expected int64
}

func newVideoClock(source *rung.VideoSource, rate rung.Rational, interval rung.Interval) videoClock {
	frame := rate.Inverse()
	return videoClock{
		source:   source,
		frame:    frame,
		expected: source.Origin + rung.Rescale(interval.First-source.Frame, frame, source.TimeBase),
	}
}

// unwrapped is a time stamp without its wraps, in the source's time base.
func (c videoClock) unwrapped(ts int64) int64 { return unwrap(ts, c.expected, c.source.WrapBits) }

// place is the grid place of an unwrapped time stamp that counts halves of the time base.
func (c videoClock) place(halves int64) int64 {
	half := rung.Rational{Num: c.source.TimeBase.Num, Den: 2 * c.source.TimeBase.Den}
	if c.late.IsZero() {
		return c.source.Frame + rung.Rescale(halves-2*c.source.Origin, half, c.frame)
	}
	return c.source.Frame + rung.Rescale(halves-2*c.source.Origin+rung.Rescale(1, c.late, half), half, c.frame)
}
