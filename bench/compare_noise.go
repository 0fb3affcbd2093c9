package bench

const (
	// fewRuns is how many runs each side needs for any verdict.
	fewRuns = 3
	// manyRuns is from how many on the verdict is Mann and Whitney's alone.
	manyRuns = 5
	// significant is the chance under which a difference is taken as a change.
	significant = 0.05
)

// compareRule is how a change is told from noise.
const compareRule = "With 5 runs or more on both sides a figure has changed if the Mann-Whitney test gives a chance under 5% that runs of the same differ so far; " +
	"with 3 or 4, if no run of one side lies within the other's range (with 3 against 3 that comes about by chance once in 10); with fewer nothing can be told. " +
	"Rates and qualities of the same content are exact: any difference is a change."

// mannWhitney is the two-sided chance that two sets of runs of the same differ in order as far as a and b do (Mann and
// Whitney 1947), counted exactly; ties count as half.
func mannWhitney(a, b []float64) float64 {
	doubled := 0 // twice the number of pairs in which b is the larger
	for _, x := range a {
		for _, y := range b {
			switch {
			case y > x:
				doubled += 2
			case y == x:
				doubled++
			}
		}
	}
	most := len(a) * len(b)
	extreme := min(doubled, 2*most-doubled) / 2
	counts := orderings(len(a), len(b))
	total, tail := 0.0, 0.0
	for u, n := range counts {
		total += n
		if u <= extreme {
			tail += n
		}
	}
	return min(1, 2*tail/total)
}

// orderings counts, for each u, the orders of m and n values in which u pairs have the second's larger.
func orderings(m, n int) []float64 {
	// ways[j][u]: of the values so far j are of the second kind. Each value of the first kind stands behind those j.
	ways := make([][]float64, n+1)
	for j := range ways {
		ways[j] = make([]float64, m*n+1)
	}
	ways[0][0] = 1
	for range m {
		// Place the next of the first kind after any number of the second kind that is not less than before.
		next := make([][]float64, n+1)
		for j := range next {
			next[j] = make([]float64, m*n+1)
			for before := 0; before <= j; before++ {
				for u, w := range ways[before] {
					if w > 0 && u+j <= m*n {
						next[j][u+j] += w
					}
				}
			}
		}
		ways = next
	}
	counts := make([]float64, m*n+1)
	for _, row := range ways {
		for u, w := range row {
			counts[u] += w
		}
	}
	return counts
}
