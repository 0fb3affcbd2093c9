package rung

import (
	"encoding/json"
	"testing"
	"time"
)

// FuzzParseRational reads any ratio: it is in lowest terms over a positive denominator, and its text reads as the same.
func FuzzParseRational(f *testing.F) {
	for _, s := range []string{"25", "30000/1001", "29.97", "0.04", "-1/3", "1/0", "9223372036854775807/2", "-9223372036854775808/-1", "1.0000000001", "0/7", "/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRational(s)
		if err != nil {
			return
		}
		if r.Den <= 0 || r != r.Reduce() {
			t.Fatalf("%q gives %d/%d", s, r.Num, r.Den)
		}
		again, err := ParseRational(r.String())
		if err != nil || again != r {
			t.Fatalf("%q gives %v, which reads as %v, %v", s, r, again, err)
		}
		if r.Num > 0 { // a rate or a time base
			if inverse := r.Inverse(); inverse.IsZero() || Rescale(0, r, inverse) != 0 {
				t.Fatalf("%v has the inverse %v", r, inverse)
			}
		}
	})
}

// FuzzDuration reads any JSON as a duration: it never turns round, and its text reads as the same.
func FuzzDuration(f *testing.F) {
	for _, s := range []string{`"6s"`, `"1h30m"`, `4`, `3.84`, `1e300`, `-1e300`, `-2`, `"9223372036s"`, `null`, `""`, `{}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var d Duration
		if json.Unmarshal(text, &d) != nil {
			return
		}
		var seconds float64
		if json.Unmarshal(text, &seconds) == nil && (seconds > 1) != (d > Duration(time.Second)) && (seconds-1 > 1e-6 || 1-seconds > 1e-6) {
			t.Fatalf("%s gives %v", text, d)
		}
		written, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var again Duration
		if err := json.Unmarshal(written, &again); err != nil || again != d {
			t.Fatalf("%s gives %v, which reads as %v, %v", text, d, again, err)
		}
	})
}
