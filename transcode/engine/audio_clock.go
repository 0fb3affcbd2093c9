// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "rung"

// audioClock maps the time stamps of one part's coded audio frames onto source samples.
type audioClock struct {
	source   *rung.AudioSource
	expected int64 // the time stamp that the interval's start maps to

	following int64 // the sample after the latest frame
	started   bool
}

func newAudioClock(source *rung.AudioSource, interval rung.Interval) *audioClock {
	first := rung.Rescale(interval.AudioFirst*rung.AudioFrame, rung.Rational{Num: 1, Den: rung.AudioRate}, rung.Rational{Num: 1, Den: int64(source.SampleRate)})
	return &audioClock{
		source:   source,
		expected: source.Origin + rung.Rescale(first-source.Sample, rung.Rational{Num: 1, Den: int64(source.SampleRate)}, source.TimeBase),
	}
}

// sample is the first source sample of a frame of n samples with time stamp ts; noPTS follows on the frame before.
//
// Time stamps are rounded. Where all frames have one size the rounding is undone on the lattice of whole frames. Where
// they have not, a frame that is within a tick of the one before follows it without a seam.
func (c *audioClock) sample(ts, n int64) int64 {
	at := c.following
	if ts != noPTS {
		at = c.place(ts)
		if c.source.FrameSize == 0 && c.started && abs(at-c.following) <= c.tick() {
			at = c.following
		}
	}
	c.started = true
	c.following = at + n
	return at
}

// unwrapped is a time stamp without its wraps, in the source's time base.
func (c *audioClock) unwrapped(ts int64) int64 { return unwrap(ts, c.expected, c.source.WrapBits) }

// place is the source sample of a time stamp, on the lattice.
func (c *audioClock) place(ts int64) int64 {
	ticks, rate := c.unwrapped(ts)-c.source.Origin, int64(c.source.SampleRate)
	size := int64(max(c.source.FrameSize, 1))
	if len(c.source.Drift) == 0 {
		return c.source.Sample + size*rung.Rescale(ticks, c.source.TimeBase, rung.Rational{Num: size, Den: rate})
	}
	out := rung.Rational{Num: 1, Den: rung.AudioRate}
	instant := rung.Rescale(c.source.Sample, rung.Rational{Num: 1, Den: rate}, out) + rung.Rescale(ticks, c.source.TimeBase, out)
	units := rung.Rescale(ticks, c.source.TimeBase, rung.Rational{Num: 1, Den: rate * rung.DriftUnit}) + c.source.Drift.At(instant)
	return c.source.Sample + size*floorDiv(units+size*rung.DriftUnit/2, size*rung.DriftUnit)
}

// tick is a tick of the time base in samples, rounded up.
func (c *audioClock) tick() int64 {
	num, den := c.source.TimeBase.Num*int64(c.source.SampleRate), c.source.TimeBase.Den
	return (num + den - 1) / den
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}
