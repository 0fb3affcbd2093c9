// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestScaleFilter holds filters against the definition, worked out in floating point: each sample's place, the coefficients
// within what leaving out the outermost may change, and their sum.
func TestScaleFilter(t *testing.T) {
	for _, c := range []struct {
		from, to int
		left     bool
		taps     int
	}{
		{1920, 1280, false, 6},
		{960, 640, true, 6},
		{1280, 960, false, 6},
		{640, 416, false, 6},
		{180, 117, false, 6},
		{1920, 960, false, 8},
		{1080, 270, false, 16},
		{720, 1920, false, 4},
		{576, 576, false, 2},
		{7, 3, true, 10},
		{1, 1, false, 2},
		{1, 2, true, 4},
	} {
		f := newScaleFilter(c.from, c.to, c.left)
		if f.taps != c.taps {
			t.Errorf("%d to %d: %d taps, want %d", c.from, c.to, f.taps, c.taps)
		}
		for x := range c.to {
			sum := 0
			for _, coef := range f.coefs[x*f.taps : (x+1)*f.taps] {
				sum += int(coef)
			}
			if sum != scaleUnit {
				t.Errorf("%d to %d: sample %d has coefficients of %d/%d in all", c.from, c.to, x, sum, scaleUnit)
			}
			if off := farthestCoefficient(f, c.left, x); off > 2*scaleCutOff {
				t.Errorf("%d to %d: sample %d has a coefficient that is off by %.4f", c.from, c.to, x, off)
			}
		}
	}
}

// TestScaleFilterReach holds filters of all small and of some large sizes to what plane_scaler.c takes for granted: how far
// they reach beyond a line's ends, how many taps they have, and that they repeat.
func TestScaleFilterReach(t *testing.T) {
	const edge, mostTaps = 64, 32 // EDGE and MOST_TAPS
	hold := func(from, to int, left bool) {
		f := newScaleFilter(from, to, left)
		if f.taps%2 != 0 || f.taps > mostTaps {
			t.Errorf("%d to %d: %d taps", from, to, f.taps)
		}
		if first, end := int(slices.Min(f.first)), int(slices.Max(f.first))+f.taps; first < -edge || end > from+edge {
			t.Errorf("%d to %d: reaches from %d to %d", from, to, first, end)
		}
		divisor := from
		for rest := to; rest != 0; {
			divisor, rest = rest, divisor%rest
		}
		period, advance := to/divisor, from/divisor
		for x := period; x < to; x++ {
			before := x - period
			if f.first[x] != f.first[before]+int32(advance) || !slices.Equal(f.coefs[x*f.taps:(x+1)*f.taps], f.coefs[before*f.taps:(before+1)*f.taps]) {
				t.Fatalf("%d to %d: sample %d is not made as sample %d is", from, to, x, before)
			}
		}
	}
	for from := range 64 {
		for to := (from + mostShrinking) / mostShrinking; to <= 64; to++ {
			hold(from+1, to, false)
			hold(from+1, to, true)
		}
	}
	random := rand.New(rand.NewPCG(9, 10))
	for range 50 {
		from := 1 + random.IntN(16384)
		hold(from, (from+mostShrinking-1)/mostShrinking+random.IntN(4096), random.IntN(2) == 0)
	}
}

// farthestCoefficient is by how much a coefficient of sample x is from its place in the bicubic curve.
func farthestCoefficient(f scaleFilter, left bool, x int) float64 {
	ratio := float64(f.from) / float64(f.to)
	at := (float64(x)+0.5)*ratio - 0.5
	if left {
		at = (float64(x)+0.25)*ratio - 0.25
	}
	curve := func(i int) float64 {
		d := math.Abs(float64(i)-at) / max(1, ratio)
		switch {
		case d < 1:
			return 1.4*d*d*d - 2.4*d*d + 1
		case d < 2:
			return -0.6*d*d*d + 3*d*d - 4.8*d + 2.4
		default:
			return 0
		}
	}
	low, high := int(math.Floor(at-2*max(1, ratio)))-1, int(math.Ceil(at+2*max(1, ratio)))+1
	total := 0.0
	for i := low; i <= high; i++ {
		total += curve(i)
	}
	farthest := 0.0
	for i := min(low, int(f.first[x])); i <= max(high, int(f.first[x])+f.taps-1); i++ {
		coef := 0.0
		if k := i - int(f.first[x]); k >= 0 && k < f.taps {
			coef = float64(f.coefs[x*f.taps+k]) / scaleUnit
		}
		farthest = max(farthest, math.Abs(coef-curve(i)/total))
	}
	return farthest
}
