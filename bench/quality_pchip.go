package bench

import "math"

// pchip is a piecewise cubic through points that keeps their shape: between two points it is monotone, so it never
// swings over them as one polynomial through all would (Fritsch and Carlson 1980, with the slopes of Fritsch and Butland
// 1984 and three-point slopes at the ends). The JCT-VC's common test conditions compute BD-rates so.
type pchip struct {
	x, y, slope []float64 // x rises strictly
}

// newPCHIP interpolates at least two points.
func newPCHIP(x, y []float64) pchip {
	p := pchip{x: x, y: y, slope: make([]float64, len(x))}
	n := len(x) - 1
	h, d := make([]float64, n), make([]float64, n)
	for i := range n {
		h[i] = x[i+1] - x[i]
		d[i] = (y[i+1] - y[i]) / h[i]
	}
	if n == 1 {
		p.slope[0], p.slope[1] = d[0], d[0]
		return p
	}
	for i := 1; i < n; i++ {
		if d[i-1]*d[i] > 0 { // else a flat or turning point, whose slope is 0
			w1, w2 := 2*h[i]+h[i-1], h[i]+2*h[i-1]
			p.slope[i] = (w1 + w2) / (w1/d[i-1] + w2/d[i])
		}
	}
	p.slope[0] = endSlope(h[0], h[1], d[0], d[1])
	p.slope[n] = endSlope(h[n-1], h[n-2], d[n-1], d[n-2])
	return p
}

// endSlope is the slope at an end from the two intervals next to it, kept from turning the curve round.
func endSlope(h0, h1, d0, d1 float64) float64 {
	s := ((2*h0+h1)*d0 - h0*d1) / (h0 + h1)
	switch {
	case s*d0 <= 0:
		return 0
	case d0*d1 <= 0 && math.Abs(s) > math.Abs(3*d0):
		return 3 * d0
	}
	return s
}

// integral is the area under the curve from a to b, both within the points.
func (p pchip) integral(a, b float64) float64 {
	sum := 0.0
	for i := range len(p.x) - 1 {
		from, to := max(a, p.x[i]), min(b, p.x[i+1])
		if from < to {
			sum += p.primitive(i, to) - p.primitive(i, from)
		}
	}
	return sum
}

// primitive is the antiderivative of piece i at x, 0 at the piece's beginning.
func (p pchip) primitive(i int, x float64) float64 {
	h := p.x[i+1] - p.x[i]
	t, d := x-p.x[i], (p.y[i+1]-p.y[i])/h
	// y + slope*t + b*t^2 + c*t^3
	b := (3*d - 2*p.slope[i] - p.slope[i+1]) / h
	c := (p.slope[i] + p.slope[i+1] - 2*d) / (h * h)
	return t * (p.y[i] + t*(p.slope[i]/2+t*(b/3+t*c/4)))
}
