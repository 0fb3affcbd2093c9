// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"slices"

	"rung"
)

// standardRates are the frame rates that video is made at.
var standardRates = []rung.Rational{
	{Num: 10, Den: 1}, {Num: 12000, Den: 1001}, {Num: 12, Den: 1}, {Num: 25, Den: 2}, {Num: 15000, Den: 1001}, {Num: 15, Den: 1}, {Num: 20, Den: 1},
	{Num: 24000, Den: 1001}, {Num: 24, Den: 1}, {Num: 25, Den: 1}, {Num: 30000, Den: 1001}, {Num: 30, Den: 1},
	{Num: 48000, Den: 1001}, {Num: 48, Den: 1}, {Num: 50, Den: 1}, {Num: 60000, Den: 1001}, {Num: 60, Den: 1},
	{Num: 90, Den: 1}, {Num: 100, Den: 1}, {Num: 120000, Den: 1001}, {Num: 120, Den: 1},
}

// frameRate works out the rate of frames from the time stamps of decoded pictures in output order, in timeBase, and from
// what the stream declares, its average rate first.
//
// Time stamps win: for interlaced H.264 the declared rate may be that of fields, and with pulldown flags that of the
// display. But they are only as exact as their clock, so the declared rate that agrees with them is taken before the
// nearest standard one: on Matroska's millisecond clock 24 and 23.976 cannot be told apart.
func frameRate(pts []int64, timeBase rung.Rational, declared []rung.Rational) rung.Rational {
	measured, tolerance := measuredRate(pts, timeBase)
	for _, d := range declared {
		if !d.IsZero() && (measured == 0 || math.Abs(d.Float()-measured) <= tolerance*measured) {
			return snapRate(d)
		}
	}
	if measured == 0 {
		return rung.Rational{}
	}
	return snapRate(rung.R(int64(math.Round(measured*1000)), 1000))
}

// measuredRate is the mean rate of pictures, with the relative error that the clock leaves in it; 0 where there are too
// few. Where most steps are alike, the others are gaps and are left out; else (pulldown, variable rate) all count.
func measuredRate(pts []int64, timeBase rung.Rational) (rate, tolerance float64) {
	steps := make([]int64, 0, len(pts))
	for i := 1; i < len(pts); i++ {
		if pts[i] != noPTS && pts[i-1] != noPTS && pts[i] > pts[i-1] {
			steps = append(steps, pts[i]-pts[i-1])
		}
	}
	if len(steps) < 3 {
		return 0, 0
	}
	alike := alikeSteps(steps)
	if 5*len(alike) < 4*len(steps) {
		alike = steps
	}
	span := int64(0)
	for _, s := range alike {
		span += s
	}
	tick := timeBase.Float()
	return float64(len(alike)) / (float64(span) * tick), 1.5/float64(span) + 1e-5
}

// alikeSteps are the steps within a rounding of the median one.
func alikeSteps(steps []int64) []int64 {
	sorted := slices.Sorted(slices.Values(steps))
	median := sorted[len(sorted)/2]
	return slices.DeleteFunc(slices.Clone(steps), func(s int64) bool { return s < median-1 || s > median+1 })
}

// snapRate gives the standard rate nearest to r if it is within 0.1% of it, else r.
func snapRate(r rung.Rational) rung.Rational {
	best, distance := r, 0.001
	for _, s := range standardRates {
		if d := math.Abs(s.Float()-r.Float()) / s.Float(); d < distance {
			best, distance = s, d
		}
	}
	return best
}
