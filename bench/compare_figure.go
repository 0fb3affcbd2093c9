package bench

// ComparedFigure is one figure before and after.
type ComparedFigure struct {
	Name   string       `json:"name"`
	Unit   string       `json:"unit,omitempty"`
	Better Direction    `json:"better"`
	Exact  bool         `json:"exact,omitempty"` // any difference is a change
	Before ComparedRuns `json:"before"`
	After  ComparedRuns `json:"after"`
	// Change is of the medians, in percent of the one before; 0 where that is nought.
	Change  float64 `json:"change"`
	Verdict Verdict `json:"verdict"`
	// Chance is the probability that runs of the same differ as far; 0 where it was not worked out.
	Chance float64 `json:"chance,omitempty"`
}

// against compares a figure before with the same after.
func (f sampled) against(after sampled) ComparedFigure {
	c := ComparedFigure{Name: f.name, Unit: f.unit, Better: f.better, Exact: f.exact, Before: newComparedRuns(f.values), After: newComparedRuns(after.values)}
	if c.Before.Median != 0 {
		c.Change = 100 * (c.After.Median/c.Before.Median - 1)
	}
	c.Verdict, c.Chance = c.judge()
	return c
}

// judge applies compareRule.
func (c *ComparedFigure) judge() (Verdict, float64) {
	a, b := c.Before.Values, c.After.Values
	if c.Exact {
		if c.Before.Median == c.After.Median {
			return VerdictSame, 0
		}
		return c.direction(), 0
	}
	if min(len(a), len(b)) < fewRuns {
		return VerdictOpen, 0
	}
	chance := mannWhitney(a, b)
	apart := c.Before.High < c.After.Low || c.After.High < c.Before.Low
	if chance < significant || apart && min(len(a), len(b)) < manyRuns {
		return c.direction(), chance
	}
	return VerdictNoise, chance
}

// direction is better or worse, by the medians.
func (c *ComparedFigure) direction() Verdict {
	if (c.After.Median > c.Before.Median) == (c.Better == MoreIsBetter) {
		return VerdictBetter
	}
	return VerdictWorse
}
