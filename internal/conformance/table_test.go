package conformance

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// page is where the table stands, between its marks.
const (
	page  = "../../docs/conformance.md"
	begin = "<!-- what follows is written by make conformance UPDATE=1 -->\n"
	end   = "<!-- to here -->\n"
)

// header and line are the table, in Markdown.
const header = `| stream | as | segments | frames in | out: widest, narrowest | lost | repeated | worst audio break | sync: begin, end | faults |
|---|---|---|---|---|---|---|---|---|---|
`

func (r outcome) line() string {
	as := "VOD"
	if r.kind == live {
		as = "live"
	}
	w, n, s := r.report.Widest, r.report.Narrowest, r.report.Sound
	sound := fmt.Sprintf("%.1f dB | %+.3f, %+.3f ms", s.Break, 1000*s.Sync, 1000*s.Late)
	if s.Seconds == 0 {
		sound = "no sound |"
	}
	return fmt.Sprintf("| %s | %s | %d | %d | %d, %d | %d | %d | %s | %d |\n", r.stream.name, as, r.report.Segments, r.in, w.Pictures, n.Pictures,
		w.Lost+n.Lost, w.Repeated+n.Repeated, sound, len(r.report.Faults))
}

// table prints rows, in the order of the streams.
func table(rows []outcome, order []stream) string {
	var b strings.Builder
	b.WriteString(header)
	for _, s := range order {
		for _, r := range rows {
			if r.stream.name == s.name {
				b.WriteString(r.line())
			}
		}
	}
	return b.String()
}

// publish prints the table and, if told to, writes it into the page.
func publish(t *testing.T, rows []outcome, order []stream) {
	t.Helper()
	text := table(rows, order)
	fmt.Print(text)
	if !*update {
		return
	}
	before, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(before), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no marks for the table", page)
	}
	if err := os.WriteFile(page, []byte(head+begin+text+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
