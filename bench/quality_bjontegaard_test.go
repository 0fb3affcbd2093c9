package bench

import (
	"math"
	"strings"
	"testing"
)

// line is a curve whose log rate is a straight line over quality: rate = first * 10^((quality-30)*slope).
func line(first, slope float64, qualities ...float64) []ratePoint {
	var points []ratePoint
	for _, q := range qualities {
		points = append(points, ratePoint{rate: first * math.Pow(10, (q-30)*slope), quality: q})
	}
	return points
}

func TestBDRateOfStraightLines(t *testing.T) {
	anchor := line(1e6, 0.05, 30, 34, 37, 42)
	tests := map[string]struct {
		test          []ratePoint
		want, overlap float64
	}{
		"itself":                {anchor, 0, 1},
		"a tenth less":          {line(0.9e6, 0.05, 30, 34, 37, 42), -10, 1},
		"twice, other points":   {line(2e6, 0.05, 29, 31, 38, 44), 100, 1},
		"over a part":           {line(1.5e6, 0.05, 36, 38, 40, 45), 50, 0.5},
		"in disorder":           {line(0.9e6, 0.05, 42, 30, 37, 34), -10, 1},
		"steeper, the same end": {line(1e6, 0.06, 30, 33, 36, 42), 100 * (math.Pow(10, 0.01*6) - 1), 1}, // mean of (q-30)*0.01 over 30..42
	}
	for name, tt := range tests {
		got := bdRate(anchor, tt.test)
		if got.Unknown != "" || math.Abs(got.Percent-tt.want) > 1e-9 || math.Abs(got.Overlap-tt.overlap) > 1e-9 {
			t.Errorf("%s: %+v, want %v%% over %v", name, got, tt.want, tt.overlap)
		}
	}
}

// A bent curve, worked out by hand. Over qualities 0, 1, 2, 3 the anchor's log rates are 0, 1, 2, 3 and the test's are
// 0, 1, 3, 4. The test's steps are 1, 2, 1, all 1 long, so its inner slopes are the harmonic mean of 1 and 2, 4/3; at the
// ends (3*1-2)/2 = 1/2. A cubic over [0, 1] has the area (y0+y1)/2 + (s0-s1)/12: 1/2 - 5/72, then 2, then 7/2 + 5/72. Their
// sum is 6, the straight line's 4.5; the mean difference is a half, a factor of the root of ten.
func TestBDRateOfBentCurve(t *testing.T) {
	points := func(logs ...float64) []ratePoint {
		var p []ratePoint
		for q, l := range logs {
			p = append(p, ratePoint{rate: math.Pow(10, l), quality: float64(q)})
		}
		return p
	}
	got := bdRate(points(0, 1, 2, 3), points(0, 1, 3, 4))
	if want := 100 * (math.Sqrt(10) - 1); got.Unknown != "" || math.Abs(got.Percent-want) > 1e-9 {
		t.Errorf("%+v, want %v", got, want)
	}
	p := newPCHIP([]float64{0, 1, 2, 3}, []float64{0, 1, 3, 4})
	for i, want := range []float64{0.5, 4.0 / 3, 4.0 / 3, 0.5} {
		if math.Abs(p.slope[i]-want) > 1e-12 {
			t.Errorf("slope %d is %v, want %v", i, p.slope[i], want)
		}
	}
	if got, want := p.integral(0, 1), 0.5-5.0/72; math.Abs(got-want) > 1e-12 {
		t.Errorf("the first piece's area is %v, want %v", got, want)
	}
	// Half of a piece, with the cubic 0.5 t + (3 - 1 - 4/3) t^2 + (0.5 + 4/3 - 2) t^3 integrated to 1/2.
	if got, want := p.integral(0, 0.5), 0.5/8+(2.0/3)/24-(1.0/6)/64; math.Abs(got-want) > 1e-12 {
		t.Errorf("half of it is %v, want %v", got, want)
	}
}

// Interpolation never leaves the range of the points: a step stays a step.
func TestPCHIPKeepsShape(t *testing.T) {
	p := newPCHIP([]float64{0, 1, 2, 3, 4}, []float64{0, 0, 1, 1, 1})
	if a, b := p.integral(0, 1), p.integral(2, 4); a != 0 || math.Abs(b-2) > 1e-12 {
		t.Errorf("flat pieces have areas %v and %v, want 0 and 2", a, b)
	}
	if a := p.integral(1, 2); math.Abs(a-0.5) > 1e-12 {
		t.Errorf("the step's area is %v, want 1/2", a)
	}
}

func TestBDRateUnknown(t *testing.T) {
	anchor := line(1e6, 0.05, 30, 34, 37, 42)
	bent := line(1e6, 0.05, 30, 34, 37, 42)
	bent[2].rate = bent[1].rate
	tests := map[string]struct {
		test []ratePoint
		want string
	}{
		"three points":      {anchor[:3], "3 points, 4 are needed"},
		"nothing in common": {line(1e7, 0.05, 43, 44, 45, 46), "nothing in common"},
		"rate stands still": {bent, "does not rise"},
		"no rate":           {append([]ratePoint{{0, 1}}, anchor...), "a rate is 0"},
	}
	for name, tt := range tests {
		if got := bdRate(anchor, tt.test); !strings.Contains(got.Unknown, tt.want) || got.Percent != 0 {
			t.Errorf("%s: %+v, want %q", name, got, tt.want)
		}
	}
	if got := bdRate(anchor[:1], anchor); !strings.HasPrefix(got.Unknown, "anchor: ") {
		t.Errorf("an anchor of one point: %+v", got)
	}
}
