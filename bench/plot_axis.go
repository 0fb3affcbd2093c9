package bench

import (
	"math"
	"strconv"
)

// axis maps values onto a drawing's units.
type axis struct {
	low, high float64 // values at the ends
	from, to  float64 // the drawing's units there
	ticks     []float64
	log       bool
}

// newAxis is a linear axis that begins and ends at a tick; about count ticks in steps of 1, 2 or 5.
func newAxis(low, high, from, to float64, count int) axis {
	if high <= low {
		high = low + 1
	}
	step := niceStep((high - low) / float64(count))
	a := axis{low: math.Floor(low/step) * step, high: math.Ceil(high/step-1e-9) * step, from: from, to: to}
	for i := 0; ; i++ {
		v := a.low + float64(i)*step
		if v > a.high+step/2 {
			return a
		}
		a.ticks = append(a.ticks, v)
	}
}

// newLogAxis is a logarithmic axis over whole decades, halves and fifths of them included where they are few.
func newLogAxis(low, high, from, to float64) axis {
	a := axis{from: from, to: to, log: true}
	decades := math.Log10(high / low)
	factors := []float64{1}
	if decades < 3 {
		factors = []float64{1, 2, 5}
	}
	for d := math.Floor(math.Log10(low)); len(a.ticks) == 0 || a.ticks[len(a.ticks)-1] < high; d++ {
		for _, f := range factors {
			v := f * math.Pow(10, d)
			if v*factors[len(factors)-1] >= low && (len(a.ticks) == 0 || a.ticks[len(a.ticks)-1] < high) {
				a.ticks = append(a.ticks, v)
			}
		}
	}
	a.low, a.high = a.ticks[0], a.ticks[len(a.ticks)-1]
	return a
}

// niceStep is the least of 1, 2, 5 times a power of ten that is not under v.
func niceStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5} {
		if f*p >= v*(1-1e-9) {
			return f * p
		}
	}
	return 10 * p
}

// at is where a value lies in the drawing.
func (a axis) at(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		v, low, high = math.Log10(v), math.Log10(low), math.Log10(high)
	}
	return a.from + (v-low)/(high-low)*(a.to-a.from)
}

// tickText is a tick's label: as few digits as tell it from its neighbours.
func tickText(v float64) string {
	switch {
	case math.Abs(v) >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 4, 64) + "M"
	case math.Abs(v) >= 1e4:
		return strconv.FormatFloat(v/1e3, 'g', 4, 64) + "k"
	}
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}
