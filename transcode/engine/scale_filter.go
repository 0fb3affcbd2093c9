// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "math"

// scaleFilter makes each sample of a line from neighbouring samples of another. It is bicubic with B=0 and C=0.6 (Mitchell
// and Netravali, "Reconstruction Filters in Computer Graphics", 1988), libswscale's default, widened where samples become
// fewer. It repeats after as many samples as the ratio says: a ladder's tables are short.
type scaleFilter struct {
	from, to int
	taps     int     // even
	first    []int32 // of each sample, the place of its first neighbour, which may lie outside the source's line
	coefs    []int16 // taps of them for each sample, in parts of scaleUnit, of which their sum is one
}

const (
	scaleUnit = 1 << 14
	// scaleCutOff is what the outermost neighbours of a sample may have between them, on each side, to be left out.
	scaleCutOff = 0.002
	// mostShrinking is the largest ratio that the plane scaler is for.
	mostShrinking = 4
)

// newScaleFilter makes the filter between two numbers of samples that span the same. Samples are centred in their share of
// it, as luma is; left says that they lie a quarter from its left, as 4:2:0 chroma does across (ITU-T H.264, figure E-1,
// type 0).
func newScaleFilter(from, to int, left bool) scaleFilter {
	f := scaleFilter{from: from, to: to, first: make([]int32, to)}
	weights := make([][]int64, to)
	for x := range to {
		var first int
		first, weights[x] = neighbours(int64(from), int64(to), int64(x), left)
		f.first[x] = int32(first)
		f.taps = max(f.taps, (len(weights[x])+1)/2*2)
	}
	f.coefs = make([]int16, 0, to*f.taps)
	for _, w := range weights {
		f.coefs = append(f.coefs, coefficients(w, f.taps)...)
	}
	return f
}

// neighbours gives the first neighbour of sample x and the weights of all, which are integers so that they are the same on
// every machine.
func neighbours(from, to, x int64, left bool) (first int, weights []int64) {
	// Places count in parts of a source sample: 4 to each for every one made.
	part := 4 * to
	at := 4*x*from + 2*(from-to)
	if left {
		at = 4*x*from + (from - to)
	}
	width := 4 * max(from, to) // what the filter's argument 1 is
	reach := 2 * width
	low := floorDiv(at-reach, part) + 1
	for i := low; i*part < at+reach; i++ {
		weights = append(weights, bicubic(i*part-at, width))
	}
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	spare := int64(float64(total) * scaleCutOff)
	for left := spare; abs(weights[0]) <= left; low++ {
		left -= abs(weights[0])
		weights = weights[1:]
	}
	for right := spare; abs(weights[len(weights)-1]) <= right; {
		right -= abs(weights[len(weights)-1])
		weights = weights[:len(weights)-1]
	}
	return int(low), weights
}

// bicubic is the filter at n/q, times 10 q³.
func bicubic(n, q int64) int64 {
	n = abs(n)
	switch {
	case n < q:
		return 14*n*n*n - 24*n*n*q + 10*q*q*q
	case n < 2*q:
		return -6*n*n*n + 30*n*n*q - 48*n*q*q + 24*q*q*q
	default:
		return 0
	}
}

// coefficients are weights in parts of scaleUnit. What rounding leaves goes to the largest.
func coefficients(weights []int64, taps int) []int16 {
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	coefs := make([]int16, taps)
	largest, left := 0, scaleUnit
	for i, w := range weights {
		coefs[i] = int16(math.Round(float64(w) / float64(total) * scaleUnit))
		left -= int(coefs[i])
		if coefs[i] > coefs[largest] {
			largest = i
		}
	}
	coefs[largest] += int16(left)
	return coefs
}
