package bench

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// Page is a report for people: the headline, the figures that matter, then the parts that say how they came about. One
// Page is written as a self-contained HTML document and as text.
type Page struct {
	Title    string // what was measured
	Headline string // the answer, in a sentence
	Lead     string // what the answer holds for
	Created  time.Time
	Version  string
	Tiles    []Tile
	Sections []Section
}

// NewPage puts a report's page together.
func NewPage(r *Report) *Page {
	p := &Page{Created: r.Created, Version: r.Version}
	switch {
	case r.Density != nil:
		r.Density.describe(p, r)
	case r.Speed != nil:
		r.Speed.describe(p, r)
	case r.Quality != nil:
		r.Quality.describe(p, r)
	case r.Plan != nil:
		r.Plan.describe(p, r)
	case r.Compare != nil:
		r.Compare.describe(p, r)
	}
	if len(r.Inputs) > 0 {
		p.add(r.inputs())
	}
	if r.Machine.Cores > 0 { // a plan or a comparison is of no machine of its own
		p.add(r.Machine.section())
	}
	return p.add(commandSection(r))
}

// inputs lists what was encoded.
func (r *Report) inputs() Section {
	s := inputSection(r.Inputs)
	if r.Quality != nil {
		s.Text = []string{fmt.Sprintf("The first %s of each, in whole segments.", secondsText(r.Quality.MediaUS/int64(len(r.Inputs))))}
	}
	return s
}

// add appends sections, and gives the page.
func (p *Page) add(s ...Section) *Page {
	p.Sections = append(p.Sections, s...)
	return p
}

// WriteHTML writes the page as one document that refers to nothing outside itself: styles and plots are in it, and there
// is no script.
func (p *Page) WriteHTML(w io.Writer) error { return pageTemplate.Execute(w, p) }
