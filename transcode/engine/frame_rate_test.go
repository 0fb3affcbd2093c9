// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"testing"

	"rung"
)

// stepped gives n time stamps whose steps repeat the given ones.
func stepped(n int, steps ...int64) []int64 {
	pts := []int64{1000}
	for i := range n - 1 {
		pts = append(pts, pts[i]+steps[i%len(steps)])
	}
	return pts
}

func TestFrameRate(t *testing.T) {
	clock, millis := rung.R(1, 90000), rung.R(1, 1000)
	tests := []struct {
		name     string
		pts      []int64
		timeBase rung.Rational
		declared []rung.Rational
		want     rung.Rational
	}{
		{"25", stepped(25, 3600), clock, nil, rung.R(25, 1)},
		{"field rate declared for interlaced frames", stepped(25, 3600), clock, []rung.Rational{rung.R(50, 1)}, rung.R(25, 1)},
		{"23.976 on 90 kHz", stepped(25, 3754, 3754, 3753, 3754), clock, nil, rung.R(24000, 1001)},
		{"24", stepped(25, 3750), clock, nil, rung.R(24, 1)},
		{"59.94 on 90 kHz", stepped(25, 1501, 1502), clock, nil, rung.R(60000, 1001)},
		{"soft telecine", stepped(25, 3003, 4505, 3003, 4504), clock, []rung.Rational{rung.R(30000, 1001), rung.R(60000, 1001)}, rung.R(24000, 1001)},
		{"a gap", append(stepped(20, 3600), 900000, 903600), clock, nil, rung.R(25, 1)},
		{"23.976 on a millisecond clock", stepped(25, 42, 42, 41, 42), millis, []rung.Rational{rung.R(24000, 1001)}, rung.R(24000, 1001)},
		{"declared only", nil, clock, []rung.Rational{{}, rung.R(2997, 100)}, rung.R(30000, 1001)},
		{"not a standard rate", nil, clock, []rung.Rational{rung.R(83, 5)}, rung.R(83, 5)},
		{"nothing known", nil, clock, nil, rung.Rational{}},
	}
	for _, tt := range tests {
		if got := frameRate(tt.pts, tt.timeBase, tt.declared); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
