package bench

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
)

// LinePlot draws series over a common horizontal axis.
type LinePlot struct {
	Title, X, Y string // Y may be empty
	Series      []Series
	LogX        bool
	// Floor and Ceiling hold the vertical axis to at least that much; both zero: what the points need.
	Floor, Ceiling float64
	Mark           *Mark
	Points         bool // only the points are drawn, without lines between them
}

// Series is one line of a plot, its points in the order in which they are joined.
type Series struct {
	Name   string
	Points []Point
}

// Point is one value.
type Point struct {
	X, Y  float64
	Label string // shown when pointed at; empty: the values
	Open  bool   // drawn hollow
}

// Mark is a horizontal line that values are held against.
type Mark struct {
	Y     float64
	Label string
}

// SVG implements Plot.
func (p LinePlot) SVG() template.HTML {
	var d drawing
	names := p.names()
	d.open(p.Title, plotHeight+legendHeight(names))
	x, y := p.axes()
	d.grid(x, y, p.X, p.Y)
	if p.Mark != nil {
		d.line("mark", plotLeft, y.at(p.Mark.Y), plotWidth-plotRight, y.at(p.Mark.Y))
		d.text("label", "end", plotWidth-plotRight, y.at(p.Mark.Y)-5, p.Mark.Label)
	}
	for i, s := range p.Series {
		if !p.Points {
			d.path(seriesClass("line", i), s.Points, x, y)
		}
		for _, pt := range s.Points {
			kind := "fill"
			if pt.Open {
				kind = "open"
			}
			d.dot(seriesClass(kind, i), x.at(pt.X), y.at(pt.Y), pt.title(s.Name))
		}
	}
	d.legend(plotHeight+8, names)
	return d.close()
}

func (p LinePlot) names() []string {
	var names []string
	for _, s := range p.Series {
		names = append(names, s.Name)
	}
	return names
}

// axes cover all points, the mark, and Floor to Ceiling.
func (p LinePlot) axes() (x, y axis) {
	minX, maxX, minY, maxY := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		for _, pt := range s.Points {
			minX, maxX = min(minX, pt.X), max(maxX, pt.X)
			minY, maxY = min(minY, pt.Y), max(maxY, pt.Y)
		}
	}
	if p.Mark != nil {
		minY, maxY = min(minY, p.Mark.Y), max(maxY, p.Mark.Y)
	}
	if p.Floor != 0 || p.Ceiling != 0 {
		minY, maxY = min(minY, p.Floor), max(maxY, p.Ceiling)
	}
	if minX > maxX { // no points
		minX, maxX, minY, maxY = 0, 1, 0, 1
	}
	y = newAxis(minY, maxY, plotHeight-plotBottom, plotTop, 5)
	if p.LogX {
		return newLogAxis(minX, maxX, plotLeft, plotWidth-plotRight), y
	}
	if whole(p.Series) && maxX-minX < 8 {
		return wholeAxis(minX, maxX), y
	}
	return newAxis(minX, maxX, plotLeft, plotWidth-plotRight, 7), y
}

// whole reports whether all horizontal values are integers.
func whole(series []Series) bool {
	for _, s := range series {
		if slices.ContainsFunc(s.Points, func(p Point) bool { return p.X != math.Trunc(p.X) }) {
			return false
		}
	}
	return true
}

// wholeAxis has a tick at each integer and half a step of room at both ends.
func wholeAxis(low, high float64) axis {
	a := axis{low: low - 0.5, high: high + 0.5, from: plotLeft, to: plotWidth - plotRight}
	for v := low; v <= high; v++ {
		a.ticks = append(a.ticks, v)
	}
	return a
}

// grid draws both axes with their labels.
func (d *drawing) grid(x, y axis, xName, yName string) {
	const bottom = plotHeight - plotBottom
	for _, v := range y.ticks {
		d.line("grid", plotLeft, y.at(v), plotWidth-plotRight, y.at(v))
		d.text("tick", "end", plotLeft-8, y.at(v)+4, tickText(v))
	}
	for _, v := range x.ticks {
		d.text("tick", "middle", x.at(v), bottom+18, tickText(v))
	}
	d.line("axis", plotLeft, bottom, plotWidth-plotRight, bottom)
	d.text("label", "middle", (plotLeft+plotWidth-plotRight)/2, bottom+36, xName)
	if yName != "" {
		d.text("label", "start", 4, plotTop-18, yName)
	}
}

// path joins points.
func (d *drawing) path(class string, points []Point, x, y axis) {
	var b strings.Builder
	for i, p := range points {
		fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], x.at(p.X), y.at(p.Y))
	}
	fmt.Fprintf(&d.b, `<path class="%s" d="%s"/>`, class, b.String())
}

func (p Point) title(series string) string {
	if p.Label != "" {
		return series + ": " + p.Label
	}
	return fmt.Sprintf("%s: %s at %s", series, tickText(p.Y), tickText(p.X))
}
