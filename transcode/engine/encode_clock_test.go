// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"testing"

	"pgregory.net/rapid"

	"rung"
)

func TestUnwrap(t *testing.T) {
	tests := []struct {
		ts, expected int64
		bits         int
		want         int64
	}{
		{5, 0, 0, 5},
		{5, 1 << 33, 33, 1<<33 + 5},
		{1<<33 - 5, 1 << 33, 33, 1<<33 - 5},
		{5, 1<<33 - 5, 33, 1<<33 + 5},
		{1<<33 - 5, 5, 33, -5},
		{7, 10*(1<<33) + 100, 33, 10*(1<<33) + 7},
	}
	for _, test := range tests {
		if got := unwrap(test.ts, test.expected, test.bits); got != test.want {
			t.Errorf("unwrap(%d, %d, %d) = %d, want %d", test.ts, test.expected, test.bits, got, test.want)
		}
	}
}

// Time stamps that were rounded to 90 kHz and wrapped give back the grid place and the sample they were made of, in any
// segment of a long session.
func TestClocksUndoRounding(t *testing.T) {
	rates := []rung.Rational{rung.R(25, 1), rung.R(30000, 1001), rung.R(24000, 1001), rung.R(60000, 1001)}
	sizes := map[int]int{44100: 1152, 48000: 1024, 32000: 1536}
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(rates).Draw(t, "rate")
		first := rapid.Int64Range(0, 1<<32).Draw(t, "first")
		origin := rapid.Int64Range(0, 1<<33-1).Draw(t, "origin")
		interval := rung.Grid{Rate: rate, SegmentFrames: 96}.Interval(first, 96)

		v := newVideoClock(&rung.VideoSource{TimeBase: tsClock, WrapBits: 33, Origin: origin, Frame: 3}, rate, interval)
		place := first + rapid.Int64Range(-300, 300).Draw(t, "place")
		pts := origin + rung.Rescale(place-3, rate.Inverse(), tsClock)
		if got := v.place(2 * v.unwrapped(pts&(1<<33-1))); got != place {
			t.Fatalf("picture at place %d is put at %d", place, got)
		}

		sampleRate := rapid.SampledFrom([]int{32000, 44100, 48000}).Draw(t, "sample rate")
		size := int64(sizes[sampleRate])
		a := newAudioClock(&rung.AudioSource{TimeBase: tsClock, WrapBits: 33, SampleRate: sampleRate, FrameSize: int(size), Origin: origin, Sample: -77}, interval)
		at := rung.Rescale(interval.AudioFirst*rung.AudioFrame, rung.R(1, rung.AudioRate), rung.R(1, int64(sampleRate)))
		sample := -77 + (at/size+rapid.Int64Range(-40, 40).Draw(t, "frame"))*size
		pts = origin + rung.Rescale(sample+77, rung.R(1, int64(sampleRate)), tsClock)
		if got := a.sample(pts&(1<<33-1), size); got != sample {
			t.Fatalf("sound at sample %d is put at %d", sample, got)
		}
	})
}

// Frames of varying size on a coarse clock follow each other without a seam; a gap of more than a tick is kept.
func TestAudioClockCoarse(t *testing.T) {
	c := newAudioClock(&rung.AudioSource{TimeBase: rung.R(1, 1000), SampleRate: 48000}, rung.Interval{})
	at, want := int64(0), int64(0)
	for i, n := range []int64{4608, 4096, 1000, 4608} {
		ts := rung.Rescale(at, rung.R(1, 48000), rung.R(1, 1000))
		if got := c.sample(ts, n); got != want {
			t.Errorf("frame %d is put at %d, want %d", i, got, want)
		}
		at, want = at+n, want+n
	}
	if got := c.sample(2000, 10); got != 96000 {
		t.Errorf("after a gap: %d, want 96000", got)
	}
	if got := c.sample(noPTS, 10); got != 96010 {
		t.Errorf("without a time stamp: %d, want 96010", got)
	}
}
