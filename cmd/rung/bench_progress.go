package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// benchProgress shows how a measurement goes on: one line that changes, and what came of each step; on anything but a
// terminal, a line when a step begins and one when it ends.
type benchProgress struct {
	out    io.Writer
	onTerm bool
	width  int
	step   string
	begun  time.Time
	lasts  time.Duration
}

func newBenchProgress(g *globals) *benchProgress {
	p := &benchProgress{out: g.std.err, width: 100}
	if f, ok := g.std.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.onTerm = true
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			p.width = w
		}
	}
	return p
}

// Begin implements bench.Progress.
func (p *benchProgress) Begin(what string, expected time.Duration) {
	p.step, p.begun, p.lasts = what, time.Now(), expected
	if !p.onTerm {
		fmt.Fprintf(p.out, "%s ...\n", what)
		return
	}
	p.Update("")
}

// Update implements bench.Progress.
func (p *benchProgress) Update(text string) {
	if !p.onTerm {
		return
	}
	line := fmt.Sprintf("%s  %s", p.step, text)
	if p.lasts > 0 {
		const cells = 20
		done := min(cells, int(cells*time.Since(p.begun)/p.lasts))
		line = fmt.Sprintf("%s [%s%s] %s", p.step, strings.Repeat("=", done), strings.Repeat(" ", cells-done), text)
	}
	runes := []rune(line)
	fmt.Fprintf(p.out, "\r\x1b[K%s", string(runes[:min(len(runes), p.width-1)]))
}

// End implements bench.Progress.
func (p *benchProgress) End(text string) {
	if p.onTerm {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	fmt.Fprintf(p.out, "%s: %s\n", p.step, text)
}
