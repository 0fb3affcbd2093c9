package bench

import "fmt"

// PlanFigure is one figure of a plan.
type PlanFigure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	From  string  `json:"from"` // what it comes from
}

// text is the value in the unit that suits it.
func (f PlanFigure) text() string {
	switch f.Unit {
	case "bit/s":
		return rateText(int64(f.Value))
	case "bytes":
		if f.Value >= 10<<40 {
			return fmt.Sprintf("%.1f TiB", f.Value/(1<<40))
		}
		return bytesText(int64(f.Value))
	}
	return fmt.Sprintf("%.0f %s", f.Value, f.Unit)
}
