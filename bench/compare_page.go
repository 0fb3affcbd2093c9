package bench

import (
	"fmt"
	"strings"
)

// describe puts the comparison's page together.
func (c *Compare) describe(p *Page, _ *Report) {
	better, worse, open := c.count(VerdictBetter), c.count(VerdictWorse), c.count(VerdictOpen)
	p.Title = "rung bench compare"
	switch {
	case better+worse == 0 && open > 0:
		p.Headline = "There are too few runs to tell what has changed"
	case better+worse == 0:
		p.Headline = "Nothing has changed beyond noise"
	default:
		p.Headline = fmt.Sprintf("%d %s better, %d worse", better, unit(better, "figure"), worse)
	}
	p.Lead = fmt.Sprintf("%s of %s before, %s after.", c.Of, strings.Join(c.Before.Files, ", "), strings.Join(c.After.Files, ", "))
	if len(c.Differing) > 0 {
		p.Lead += " They were not measured under the same conditions, and what has changed may come of that: see below."
		p.add(Section{Title: "Conditions that differ", Text: c.Differing})
	}
	t := Table{Head: []string{"figure", "before", "after", "change", "verdict"}}
	for _, f := range c.Figures {
		name := f.Name
		if f.Unit != "" {
			name += ", " + f.Unit
		}
		t.add(name, f.Before.text(), f.After.text(), fmt.Sprintf("%+.2f%%", f.Change), f.verdictText())
	}
	p.add(Section{Title: "Figures", Text: []string{c.Rule}, Tables: []Table{t}})
}

func (c *Compare) count(v Verdict) (n int) {
	for _, f := range c.Figures {
		if f.Verdict == v {
			n++
		}
	}
	return n
}

func (f ComparedFigure) verdictText() string {
	switch f.Verdict {
	case VerdictOpen:
		return fmt.Sprintf("open: %d and %d runs", len(f.Before.Values), len(f.After.Values))
	case VerdictSame:
		return string(f.Verdict)
	}
	if f.Chance > 0 {
		return fmt.Sprintf("%s (chance %.3f)", f.Verdict, f.Chance)
	}
	return string(f.Verdict)
}
