package bench

import (
	"fmt"
	"html/template"
	"slices"
)

// BarPlot draws horizontal bars; a bar of several values is stacked.
type BarPlot struct {
	Title  string
	X      string   // the axis' name
	Values []string // names of a bar's values; one or none: no legend
	Bars   []Bar
	Format string // of a value, for fmt; default: %.3g
}

// Bar is one bar.
type Bar struct {
	Name   string
	Values []float64
	Note   string // written after its end; empty: the sum
}

const (
	barHeight = 22
	barStep   = 32
	barLeft   = 150
	barNote   = 120 // room for the note
)

// SVG implements Plot.
func (p BarPlot) SVG() template.HTML {
	var d drawing
	bottom := plotTop + len(p.Bars)*barStep
	height := bottom + 40
	legend := len(p.Values) > 1
	if legend {
		height += legendHeight(p.Values)
	}
	d.open(p.Title, height)
	most := 0.0
	for _, b := range p.Bars {
		most = max(most, b.sum())
	}
	x := newAxis(0, most, barLeft, plotWidth-barNote, 5)
	for _, v := range x.ticks {
		d.line("grid", x.at(v), plotTop, x.at(v), float64(bottom))
		d.text("tick", "middle", x.at(v), float64(bottom+16), tickText(v))
	}
	for i, b := range p.Bars {
		p.bar(&d, x, float64(plotTop+i*barStep), b)
	}
	d.text("label", "middle", (barLeft+plotWidth-barNote)/2, float64(bottom+34), p.X)
	if legend {
		d.legend(float64(bottom+54), p.Values)
	}
	return d.close()
}

func (p BarPlot) bar(d *drawing, x axis, y float64, b Bar) {
	d.text("label", "end", barLeft-8, y+barHeight/2+9, b.Name)
	at := 0.0
	for i, v := range b.Values {
		title := b.Name + ": " + p.value(v)
		if i < len(p.Values) {
			title = b.Name + ", " + p.Values[i] + ": " + p.value(v)
		}
		d.bar(seriesClass("fill", i), x.at(at), y+5, max(0, x.at(at+v)-x.at(at)), barHeight, title)
		at += v
	}
	note := b.Note
	if note == "" {
		note = p.value(at)
	}
	d.text("tick", "start", x.at(at)+6, y+barHeight/2+9, note)
}

func (p BarPlot) value(v float64) string {
	if p.Format == "" {
		return fmt.Sprintf("%.3g", v)
	}
	return fmt.Sprintf(p.Format, v)
}

func (b Bar) sum() float64 {
	sum := 0.0
	for v := range slices.Values(b.Values) {
		sum += v
	}
	return sum
}
