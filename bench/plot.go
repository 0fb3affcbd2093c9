package bench

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// Plot is a figure, drawn as SVG that takes its colours from the page.
type Plot interface {
	SVG() template.HTML
}

// The drawing's size and margins, in its own units; the page scales it to the width there is.
const (
	plotWidth  = 680
	plotHeight = 310
	plotLeft   = 62
	plotRight  = 18
	plotTop    = 34
	plotBottom = 46
)

// seriesColours is how many colours page.html has for series; a further one begins again.
const seriesColours = 8

// drawing collects SVG elements. All text goes through it, so that nothing of a report's can be markup.
type drawing struct{ b strings.Builder }

// open begins a drawing of the given height that is called title where it cannot be seen.
func (d *drawing) open(title string, height int) {
	fmt.Fprintf(&d.b, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, plotWidth, height, html.EscapeString(title))
}

func (d *drawing) close() template.HTML {
	d.b.WriteString("</svg>")
	return template.HTML(d.b.String())
}

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(&d.b, `<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, class, x1, y1, x2, y2)
}

// text writes a label; anchor is start, middle or end.
func (d *drawing) text(class, anchor string, x, y float64, text string) {
	fmt.Fprintf(&d.b, `<text class="%s" text-anchor="%s" x="%.1f" y="%.1f">%s</text>`, class, anchor, x, y, html.EscapeString(text))
}

// bar draws a rectangle with a title that shows when it is pointed at.
func (d *drawing) bar(class string, x, y, width, height float64, title string) {
	fmt.Fprintf(&d.b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, class, x, y, width, height, html.EscapeString(title))
}

// dot draws a point with a title.
func (d *drawing) dot(class string, x, y float64, title string) {
	fmt.Fprintf(&d.b, `<circle class="%s" cx="%.1f" cy="%.1f" r="4"><title>%s</title></circle>`, class, x, y, html.EscapeString(title))
}

// legend names the series below a drawing, in rows from y on, and gives the height it takes.
func (d *drawing) legend(y float64, names []string) float64 {
	x, rows := float64(plotLeft), 1
	for i, name := range names {
		width := 26 + 6.6*float64(len([]rune(name)))
		if x+width > plotWidth && x > plotLeft {
			x = plotLeft
			y += 18
			rows++
		}
		d.bar(seriesClass("fill", i), x, y-9, 10, 10, name)
		d.text("label", "start", x+15, y, name)
		x += width
	}
	return float64(rows) * 18
}

// legendHeight is the height that legend will take.
func legendHeight(names []string) int {
	var d drawing
	return int(d.legend(0, names))
}

// seriesClass is a series' style: kind is line, fill or open.
func seriesClass(kind string, i int) string { return fmt.Sprintf("%s s%d", kind, i%seriesColours) }
