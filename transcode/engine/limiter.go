// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"slices"
)

const (
	// mixCeiling is the highest sample that mixing down may leave: the gains of ITU-R BS.775 add up to 2.4, and what is over
	// full scale clips in every decoder. The rest is for what coding adds.
	mixCeiling = 0.966
	// limiterReach is how many samples before and behind a peak the gain bends, at rung.AudioRate: 10 ms. It is less than
	// the encoder is fed around a segment, so that neighbouring segments have the same gain at their join.
	limiterReach = 480
)

// unity is a gain of 1. Gains are whole numbers, so that their sums are the same wherever they begin.
const unity = 1 << 24

// limit lowers planes around peaks over the ceiling, all channels alike, so that none is left. The gain at a sample depends
// on those within limiterReach of it alone; without such peaks nothing is changed.
func limit(planes [][]float32) {
	gains := peakGains(planes)
	if gains == nil {
		return
	}
	gains = slidingMean(slidingMin(gains, limiterReach/2), limiterReach/2)
	for _, p := range planes {
		for i := range p {
			p[i] *= float32(gains[i]) / unity
		}
	}
}

// peakGains are the gains at which each sample by itself is under the ceiling; nil where all are.
func peakGains(planes [][]float32) []int32 {
	var gains []int32
	for _, p := range planes {
		for i, v := range p {
			peak := math.Abs(float64(v))
			if peak <= mixCeiling {
				continue
			}
			if gains == nil {
				gains = slices.Repeat([]int32{unity}, len(p))
			}
			gains[i] = min(gains[i], int32(mixCeiling/peak*unity))
		}
	}
	return gains
}

// slidingMin is the least value within reach of each, before and behind it.
func slidingMin(values []int32, reach int) []int32 {
	out := make([]int32, len(values))
	var rising []int // indexes of candidates, the least first
	for i := range len(values) + reach {
		if i < len(values) {
			for len(rising) > 0 && values[rising[len(rising)-1]] >= values[i] {
				rising = rising[:len(rising)-1]
			}
			rising = append(rising, i)
		}
		if at := i - reach; at >= 0 {
			if rising[0] < at-reach {
				rising = rising[1:]
			}
			out[at] = values[rising[0]]
		}
	}
	return out
}

// slidingMean is the mean of the values within reach of each, rounded down; behind both ends they are unity. Of least
// values within the same reach it is nowhere above what the peak there asks for.
func slidingMean(values []int32, reach int) []int32 {
	at := func(i int) int64 {
		if i < 0 || i >= len(values) {
			return unity
		}
		return int64(values[i])
	}
	sum := int64(0)
	for i := -reach; i < reach; i++ {
		sum += at(i)
	}
	out := make([]int32, len(values))
	for i := range out {
		sum += at(i + reach)
		out[i] = int32(sum / int64(2*reach+1))
		sum -= at(i - reach)
	}
	return out
}
