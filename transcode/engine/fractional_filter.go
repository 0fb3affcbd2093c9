// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"sync"

	"rung"
)

// The filter that reads between samples: a sinc under a Kaiser window. With 32 crossings and a shape of 9 it is flat to
// 0.45 of the lower sampling rate and 90 dB down from 0.55 on.
const (
	filterCrossings = 32  // of zero, on either side
	filterSteps     = 512 // table entries from one to the next; a straight line between them is within -116 dB
	filterShape     = 9.0
)

// fractionalFilter reads a signal between its samples. What it gives depends on the place alone, never on what was read
// before.
type fractionalFilter struct {
	half  int64   // source samples on either side that it looks at
	scale float64 // of its time axis: below 1 where the output's rate is the lower one
}

// filterTable is one side of the filter's impulse response.
var filterTable = sync.OnceValue(func() []float64 {
	table := make([]float64, filterCrossings*filterSteps+2)
	table[0] = 1
	for i := 1; i < filterCrossings*filterSteps; i++ {
		x := float64(i) / filterSteps
		if i%filterSteps != 0 {
			edge := x / filterCrossings
			window := besselI0(filterShape*math.Sqrt(1-edge*edge)) / besselI0(filterShape)
			table[i] = math.Sin(math.Pi*x) / (math.Pi * x) * window
		}
	}
	return table
})

// besselI0 is the modified Bessel function of order 0 by its power series.
func besselI0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

// newFractionalFilter reads signals of a rate for output at rung.AudioRate.
func newFractionalFilter(rate int) fractionalFilter {
	scale := min(1, float64(rung.AudioRate)/float64(rate))
	return fractionalFilter{scale: scale, half: int64(math.Ceil(filterCrossings / scale))}
}

// weights fills in those of the source samples from whole-half+1 to whole+half for a place behind sample whole.
func (f fractionalFilter) weights(fraction int64, into []float64) []float64 {
	table := filterTable()
	into = into[:0]
	part := float64(fraction) / (1 << fineBits)
	for k := -f.half + 1; k <= f.half; k++ {
		at := math.Abs(float64(k)-part) * f.scale * filterSteps
		i := int(at)
		if i >= filterCrossings*filterSteps {
			into = append(into, 0)
			continue
		}
		rest := at - float64(i)
		into = append(into, f.scale*(table[i]+(table[i+1]-table[i])*rest))
	}
	return into
}

// read gives the signal's value behind sample index whole by the weights. Samples outside are silence.
func (f fractionalFilter) read(plane []float32, whole int64, weights []float64) float32 {
	sum := 0.0
	for i, w := range weights {
		if at := whole - f.half + 1 + int64(i); at >= 0 && at < int64(len(plane)) {
			sum += w * float64(plane[at])
		}
	}
	return float32(sum)
}
