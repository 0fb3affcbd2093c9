package bench

import "slices"

// Percentiles sum up a number of times, in microseconds. All are zero where there was none.
type Percentiles struct {
	Count int64 `json:"count"`
	P50US int64 `json:"p50_us"`
	P95US int64 `json:"p95_us"`
	P99US int64 `json:"p99_us"`
	MaxUS int64 `json:"max_us"`
}

// PercentilesOf sums up times in microseconds by nearest rank: each percentile is one of the times.
func PercentilesOf(us []int64) Percentiles {
	if len(us) == 0 {
		return Percentiles{}
	}
	sorted := slices.Sorted(slices.Values(us))
	rank := func(percent int) int64 { return sorted[(len(sorted)*percent+99)/100-1] }
	return Percentiles{Count: int64(len(sorted)), P50US: rank(50), P95US: rank(95), P99US: rank(99), MaxUS: sorted[len(sorted)-1]}
}
