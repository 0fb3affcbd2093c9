package bench

import (
	"fmt"
	"slices"

	"rung"
)

// Compare says what has changed between reports of one kind, and what of it is more than noise.
type Compare struct {
	Of     Kind        `json:"of"`
	Before CompareSide `json:"before"`
	After  CompareSide `json:"after"`
	// Differing says which of the things that a figure depends on are not the same on both sides.
	Differing []string         `json:"differing,omitempty"`
	Rule      string           `json:"rule"` // by which a change is told from noise
	Figures   []ComparedFigure `json:"figures"`
}

// CompareReports compares runs of one kind. All of one side are taken as repetitions of the same.
func CompareReports(before, after []NamedReport) (*Compare, error) {
	if len(before) == 0 || len(after) == 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "rung bench compare BEFORE.json AFTER.json", "a comparison needs a report on each side")
	}
	first := before[0].Report
	if !slices.Contains([]Kind{KindDensity, KindSpeed, KindQuality}, first.Kind) {
		return nil, rung.Errorf(rung.CodeInvalid, "compare the reports of density, speed or quality", "report %q is of kind %q, which measures nothing", before[0].Name, first.Kind)
	}
	for _, r := range slices.Concat(before, after) {
		if r.Report.Kind != first.Kind {
			return nil, rung.Errorf(rung.CodeInvalid, "compare reports of one command", "report %q is of kind %q, %q of %q", r.Name, r.Report.Kind, before[0].Name, first.Kind)
		}
	}
	c := &Compare{Of: first.Kind, Before: side(before), After: side(after), Differing: differing(before, after), Rule: compareRule}
	c.compare(reportsOf(before), reportsOf(after))
	if len(c.Figures) == 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "compare runs of the same profile", "the reports have no figure in common")
	}
	return c, nil
}

func side(reports []NamedReport) CompareSide {
	s := CompareSide{Version: reports[0].Report.Version}
	for _, r := range reports {
		s.Files = append(s.Files, r.Name)
	}
	return s
}

func reportsOf(named []NamedReport) []*Report {
	var all []*Report
	for _, n := range named {
		all = append(all, n.Report)
	}
	return all
}

// compare pairs the figures of both sides by their names.
func (c *Compare) compare(before, after []*Report) {
	a, b := collect(c.Of, before, after), collect(c.Of, after, before)
	for _, f := range a {
		i := slices.IndexFunc(b, func(other sampled) bool { return other.name == f.name })
		if i >= 0 {
			c.Figures = append(c.Figures, f.against(b[i]))
		}
	}
}

// differing lists what the sides do not share. A report that differs within its own side is one too.
func differing(before, after []NamedReport) []string {
	base := before[0]
	var all []string
	note := func(what, a, b string) {
		text := fmt.Sprintf("%s: %s and %s", what, a, b)
		if a != b && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	for _, r := range slices.Concat(before[1:], after) {
		compareConditions(base.Report, r.Report, note)
	}
	return all
}
