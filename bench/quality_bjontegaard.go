package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// minRatePoints is how many points a curve needs for a BD-rate: the number in the common test conditions.
const minRatePoints = 4

// ratePoint is one point of a rate-quality curve: a rate in bit/s and a quality that rises with it.
type ratePoint struct {
	rate, quality float64
}

// bdRate is the mean difference in rate of a curve from an anchor at equal quality, in percent of the anchor's rate
// (Bjontegaard, VCEG-M33), over the range of quality that both cover, with log rate as a function of quality interpolated
// piecewise (see pchip).
func bdRate(anchor, test []ratePoint) BDRate {
	a, why := newRateCurve(anchor)
	if why != "" {
		return BDRate{Unknown: "anchor: " + why}
	}
	t, why := newRateCurve(test)
	if why != "" {
		return BDRate{Unknown: why}
	}
	low, high := max(a.low(), t.low()), min(a.high(), t.high())
	if high <= low {
		return BDRate{Unknown: fmt.Sprintf("qualities of %.3f to %.3f and %.3f to %.3f have nothing in common", a.low(), a.high(), t.low(), t.high())}
	}
	mean := (t.integral(low, high) - a.integral(low, high)) / (high - low)
	return BDRate{Percent: 100 * (math.Pow(10, mean) - 1), Overlap: (high - low) / (a.high() - a.low())}
}

// rateCurve is log rate as a function of quality.
type rateCurve struct{ pchip }

func (c rateCurve) low() float64  { return c.x[0] }
func (c rateCurve) high() float64 { return c.x[len(c.x)-1] }

// newRateCurve makes a curve of points, or says why they are none.
func newRateCurve(points []ratePoint) (c rateCurve, why string) {
	if len(points) < minRatePoints {
		return c, fmt.Sprintf("%d points, %d are needed", len(points), minRatePoints)
	}
	sorted := slices.Clone(points)
	slices.SortFunc(sorted, func(a, b ratePoint) int { return cmp.Compare(a.quality, b.quality) })
	var quality, rate []float64
	for i, p := range sorted {
		if p.rate <= 0 {
			return c, "a rate is 0"
		}
		if i > 0 && (p.quality <= sorted[i-1].quality || p.rate <= sorted[i-1].rate) {
			return c, fmt.Sprintf("quality does not rise with the rate from %.0f to %.0f bit/s", sorted[i-1].rate, p.rate)
		}
		quality, rate = append(quality, p.quality), append(rate, math.Log10(p.rate))
	}
	return rateCurve{newPCHIP(quality, rate)}, ""
}

// similarityDB is SSIM as a level that rises evenly: the decibels of what it lacks of 1.
func similarityDB(ssim float64) float64 { return -10 * math.Log10(max(1-ssim, 1e-10)) }
