package rung_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"rung"
)

var rates = []rung.Rational{{Num: 24000, Den: 1001}, {Num: 24, Den: 1}, {Num: 25, Den: 1}, {Num: 30000, Den: 1001}, {Num: 30, Den: 1},
	{Num: 50, Den: 1}, {Num: 60000, Den: 1001}, {Num: 60, Den: 1}}

// Segments tile the timeline: no video or audio frame is in two or in none, however far from the origin.
func TestSegmentsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := rung.Grid{Rate: rapid.SampledFrom(rates).Draw(t, "rate"), SegmentFrames: rapid.Int64Range(1, 500).Draw(t, "frames")}
		n := rapid.Int64Range(0, 1e9).Draw(t, "segment")
		a, b := g.Segment(n), g.Segment(n+1)
		if a.End() != b.First || a.AudioEnd() != b.AudioFirst {
			t.Fatalf("segment %d ends at %d/%d, the next begins at %d/%d", n, a.End(), a.AudioEnd(), b.First, b.AudioFirst)
		}
	})
}

// An audio frame lies in the segment that its first sample lies in, by exact arithmetic.
func TestAudioFrameBelongsWhereItBegins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := rung.Grid{Rate: rapid.SampledFrom(rates).Draw(t, "rate"), SegmentFrames: rapid.Int64Range(1, 500).Draw(t, "frames")}
		i := g.Segment(rapid.Int64Range(0, 1e8).Draw(t, "segment"))
		at := func(audioFrame int64) *big.Rat { return big.NewRat(audioFrame*rung.AudioFrame, rung.AudioRate) }
		start := new(big.Rat).Mul(big.NewRat(i.First, 1), big.NewRat(g.Rate.Den, g.Rate.Num))
		if at(i.AudioFirst).Cmp(start) < 0 || at(i.AudioFirst-1).Cmp(start) >= 0 {
			t.Fatalf("segment from frame %d at %v begins with audio frame %d", i.First, g.Rate, i.AudioFirst)
		}
	})
}

func TestRescale(t *testing.T) {
	ticks := rung.Rational{Num: 1, Den: 90000}
	for _, c := range []struct {
		v        int64
		from, to rung.Rational
		want     int64
	}{
		{3600, ticks, rung.R(1, 25), 1},
		{1800, ticks, rung.R(1, 25), 1},  // halves go up
		{-1800, ticks, rung.R(1, 25), 0}, // also below zero
		{-1801, ticks, rung.R(1, 25), -1},
		{3753, ticks, rung.R(1001, 24000), 1},
		{1 << 62, rung.R(1, 90000), rung.R(1, 90000), 1 << 62},
		{1 << 60, rung.R(1, 48000), rung.R(1, 24000), 1 << 59},
	} {
		if got := rung.Rescale(c.v, c.from, c.to); got != c.want {
			t.Errorf("Rescale(%d, %v, %v) = %d, want %d", c.v, c.from, c.to, got, c.want)
		}
	}
}

func TestParseRational(t *testing.T) {
	for in, want := range map[string]rung.Rational{"25": {Num: 25, Den: 1}, "29.97": {Num: 30000, Den: 1001}, "23.976": {Num: 24000, Den: 1001},
		"30000/1001": {Num: 30000, Den: 1001}, "50/2": {Num: 25, Den: 1}, "12.5": {Num: 25, Den: 2}} {
		got, err := rung.ParseRational(in)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "x", "1/0", "25/", "1.2.3", "1/-2", "0.12345678901"} {
		if got, err := rung.ParseRational(in); err == nil {
			t.Errorf("%q gave %v", in, got)
		}
	}
}
