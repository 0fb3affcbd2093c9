package bench

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteText writes the page for a terminal: without plots, tables aligned.
func (p *Page) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n%s\n\n", p.Headline, p.Lead)
	for _, t := range p.Tiles {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("  %-28s %s %s", t.Label, t.Value, t.Unit), " "))
	}
	for _, s := range p.Sections {
		fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(s.Title))
		for _, text := range s.Text {
			fmt.Fprintln(&b, text)
		}
		for _, t := range s.Tables {
			t.writeText(&b)
		}
		for _, line := range s.Code {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeText aligns the columns: the first to the left, the others to the right, or to the left too in a table without head.
func (t Table) writeText(b *strings.Builder) {
	if t.Caption != "" {
		fmt.Fprintf(b, "  %s\n", t.Caption)
	}
	rows := t.Rows
	if len(t.Head) > 0 {
		rows = append([][]string{t.Head}, rows...)
	}
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := " "
		for i, cell := range row {
			room := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 || len(t.Head) == 0 {
				line += " " + cell + room + " "
			} else {
				line += " " + room + cell + " "
			}
		}
		fmt.Fprintln(b, strings.TrimRight(line, " "))
	}
}
