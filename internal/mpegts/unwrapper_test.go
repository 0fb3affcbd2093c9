package mpegts

import "testing"

func TestUnwrapper(t *testing.T) {
	for name, c := range map[string]struct{ in, want []int64 }{
		"rising":          {[]int64{100, 3700}, []int64{100, 3700}},
		"wrap":            {[]int64{wrap33 - 10, 20, 3620}, []int64{wrap33 - 10, wrap33 + 20, wrap33 + 3620}},
		"back":            {[]int64{9000, 5400, 9000}, []int64{9000, 5400, 9000}},
		"back over wrap":  {[]int64{10, wrap33 - 10, 30}, []int64{10, -10, 30}},
		"two wraps":       {[]int64{wrap33 - 1, wrap33 / 3, 2 * wrap33 / 3, 5}, []int64{wrap33 - 1, wrap33 + wrap33/3, wrap33 + 2*wrap33/3, 2*wrap33 + 5}},
		"one wrong value": {[]int64{1000, wrap33 / 2, 4600}, []int64{1000, wrap33 / 2, 4600}},
		"unwrapped input": {[]int64{wrap33 + 5, 2*wrap33 + 9}, []int64{5, 9}},
	} {
		var u Unwrapper
		for i, v := range c.in {
			if got := u.Unwrap(v); got != c.want[i] {
				t.Errorf("%s: value %d is %d, want %d", name, i, got, c.want[i])
			}
		}
	}
}
