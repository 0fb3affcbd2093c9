package rung

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The short way and the long one are one function, at the bounds of the short one too.
func TestRescaleIsTheSameBothWays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	bases := []Rational{R(1, 90000), R(1001, 30000), R(1, 25), R(1, 48000), R(1, 1_000_000), {1 << 31, 1<<31 - 1}, {3, 1 << 40}}
	values := []int64{0, 1, -1, 1 << 33, -1 << 33, math.MaxInt64, math.MinInt64, 1<<61 - 1, 1 << 61, -1 << 61}
	for range 20_000 {
		values = append(values, int64(random.Uint64())>>random.IntN(64))
	}
	for _, v := range values {
		from, to := bases[random.IntN(len(bases))], bases[random.IntN(len(bases))]
		if got, want := Rescale(v, from, to), rescaleLong(v, from, to); got != want {
			t.Fatalf("Rescale(%d, %v, %v) = %d, the long way gives %d", v, from, to, got, want)
		}
	}
}

// BenchmarkRescale is the time of one conversion, of which ingest makes some for each picture and each audio frame:
// go test -run '^$' -bench Rescale .
func BenchmarkRescale(b *testing.B) {
	for _, way := range []struct {
		name string
		do   func(int64, Rational, Rational) int64
	}{{"short", Rescale}, {"long", rescaleLong}} {
		b.Run(way.name, func(b *testing.B) {
			from, to, v := R(1, 90000), R(1, 48000), int64(1<<32)
			for b.Loop() {
				way.do(v, from, to)
			}
		})
	}
}
