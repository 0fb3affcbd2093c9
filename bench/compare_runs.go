package bench

import (
	"fmt"
	"slices"
)

// ComparedRuns sums up the runs of one side.
type ComparedRuns struct {
	Values []float64 `json:"values"`
	Median float64   `json:"median"`
	Low    float64   `json:"low"`
	High   float64   `json:"high"`
}

func newComparedRuns(values []float64) ComparedRuns {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return ComparedRuns{Values: values, Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Low: sorted[0], High: sorted[n-1]}
}

// text is the median, and how far the runs lie apart.
func (r ComparedRuns) text() string {
	if len(r.Values) == 1 {
		return fmt.Sprintf("%.5g", r.Median)
	}
	return fmt.Sprintf("%.5g (%.5g to %.5g)", r.Median, r.Low, r.High)
}
