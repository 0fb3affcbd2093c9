package packager

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// bruteForcePeak is RFC 8216bis' definition, run by run, in exact ratios.
func bruteForcePeak(samples []sample, target int64) *big.Rat {
	best := new(big.Rat)
	low, high := big.NewRat(target, 2), big.NewRat(3*target, 2)
	for i := range samples {
		for j := i + 1; j <= len(samples); j++ {
			bits, seconds := new(big.Rat), new(big.Rat)
			for _, s := range samples[i:j] {
				bits.Add(bits, big.NewRat(8*s.Bytes, 1))
				seconds.Add(seconds, big.NewRat(s.DurationUS, 1_000_000))
			}
			if seconds.Cmp(low) < 0 || seconds.Cmp(high) > 0 {
				continue
			}
			if rate := new(big.Rat).Quo(bits, seconds); rate.Cmp(best) > 0 {
				best = rate
			}
		}
	}
	return best
}

func ceil(r *big.Rat) int64 {
	n := new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1)))
	return n.Quo(n, r.Denom()).Int64()
}

func TestPeakRateIsThatOfTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := rapid.Int64Range(1, 10).Draw(t, "target")
		samples := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sample {
			return sample{Bytes: rapid.Int64Range(0, 10_000_000).Draw(t, "bytes"), DurationUS: rapid.Int64Range(1, target*1_000_000).Draw(t, "us")}
		}), 1, 12).Draw(t, "samples")
		want := ceil(bruteForcePeak(samples, target))
		if want == 0 {
			want = meanRate(samples)
		}
		if got := peakRate(samples, target); got != want {
			t.Errorf("peak %d, not %d", got, want)
		}
	})
}

func TestRates(t *testing.T) {
	for _, test := range []struct {
		name       string
		samples    []sample
		peak, mean int64
	}{
		{"none", nil, 0, 0},
		{"one", []sample{{1_000_000, 4_000_000}}, 2_000_000, 2_000_000},
		{"rounded up", []sample{{1, 3_840_000}}, 3, 3},
		{"all too short", []sample{{1000, 500_000}}, 16_000, 16_000},
		{"the last is short", []sample{{1_000_000, 4_000_000}, {100_000, 100_000}}, 2_146_342, 2_146_342},
		{"varied", []sample{{1_000_000, 4_000_000}, {2_000_000, 4_000_000}, {500_000, 4_000_000}}, 4_000_000, 2_333_334},
	} {
		if peak, mean := peakRate(test.samples, 4), meanRate(test.samples); peak != test.peak || mean != test.mean {
			t.Errorf("%s: peak %d and mean %d, not %d and %d", test.name, peak, mean, test.peak, test.mean)
		}
	}
}

func TestDeclaredRatesHoldTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var declared rates
		changes := 0
		windows := rapid.SliceOfN(rapid.Int64Range(10_000, 10_000_000), 1, 100).Draw(t, "peaks")
		for _, peak := range windows {
			before := declared
			declared = declared.declare(rates{Peak: peak, Mean: peak / 2})
			if declared.Peak < peak || declared.Peak*10 > peak*18 {
				t.Fatalf("declared %d for a peak of %d", declared.Peak, peak)
			}
			if before.Peak != declared.Peak {
				changes++
				if before.Peak >= peak && before.Peak*10 <= peak*18 {
					t.Fatalf("changed from %d to %d, though the peak of %d allowed the old one", before.Peak, declared.Peak, peak)
				}
			}
		}
		if got := declared.declare(rates{}); got != declared {
			t.Errorf("a window of gaps changed %v to %v", declared, got)
		}
	})
}
