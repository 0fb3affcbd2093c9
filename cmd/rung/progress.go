package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"rung"
)

// plainEvery is how often a line is printed where there is no terminal.
const plainEvery = 5 * time.Second

// progress shows how far a job is: a bar on a terminal, plain lines elsewhere, a JSON object a line with --json.
type progress struct {
	out     io.Writer
	json    bool
	bar     *progressbar.ProgressBar // on a terminal
	started time.Time
	printed time.Time
	done    int64
	state   rung.JobState
	onTerm  bool
}

func newProgress(g *globals) *progress {
	p := &progress{out: g.std.err, json: g.JSON, started: time.Now()}
	if g.JSON {
		p.out = g.std.out
	} else if f, ok := g.std.err.(*os.File); ok {
		p.onTerm = term.IsTerminal(int(f.Fd()))
	}
	return p
}

// progressLine is what --json prints.
type progressLine struct {
	State    rung.JobState `json:"state"`
	Done     int64         `json:"done"`
	Segments int64         `json:"segments"`
	Speed    float64       `json:"speed"` // media seconds a second
	Left     float64       `json:"seconds_left,omitempty"`
	Error    *rung.Error   `json:"error,omitempty"`
}

// show takes the job's state.
func (p *progress) show(j rung.Job) {
	if j.Done == p.done && j.State == p.state {
		return
	}
	p.done, p.state = j.Done, j.State
	line := p.line(j)
	switch {
	case p.json:
		text, err := json.Marshal(line)
		if err == nil {
			fmt.Fprintf(p.out, "%s\n", text)
		}
	case p.onTerm:
		p.draw(j, line)
	case time.Since(p.printed) >= plainEvery && j.State == rung.JobRunning && j.Segments > 0:
		p.printed = time.Now()
		fmt.Fprintln(p.out, line.text())
	}
}

// line derives speed and time left from what is done.
func (p *progress) line(j rung.Job) progressLine {
	l := progressLine{State: j.State, Done: j.Done, Segments: j.Segments, Error: j.Error}
	if spent := time.Since(p.started).Seconds(); j.Segments > 0 && j.Done > 0 && spent > 0 {
		share := float64(j.Done) / float64(j.Segments)
		l.Speed = share * float64(j.DurationUS) / 1e6 / spent
		l.Left = spent * (1 - share) / share
	}
	return l
}

// text is the line in words; speed and time left are known from the first segment on.
func (l progressLine) text() string {
	if l.Done == 0 {
		return fmt.Sprintf("0 of %d segments", l.Segments)
	}
	return fmt.Sprintf("%d of %d segments, %.2fx, %.0f s left", l.Done, l.Segments, l.Speed, l.Left)
}

func (p *progress) draw(j rung.Job, l progressLine) {
	if p.bar == nil && j.Segments > 0 {
		p.bar = progressbar.NewOptions64(j.Segments, progressbar.OptionSetWriter(p.out), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionFullWidth(), progressbar.OptionSetDescription("planning"), progressbar.OptionThrottle(50*time.Millisecond))
	}
	if p.bar == nil {
		return
	}
	p.bar.Describe(fmt.Sprintf("%.2fx", l.Speed))
	_ = p.bar.Set64(j.Done) // a terminal that has gone away is no reason to stop
}

// finish ends the display.
func (p *progress) finish(j rung.Job) {
	if p.bar != nil {
		_ = p.bar.Finish()
		fmt.Fprintln(p.out)
	}
	if j.State == rung.JobDone && !p.json {
		spent := time.Since(p.started).Seconds()
		fmt.Fprintf(p.out, "done: %d segments, %.1f s of media in %.1f s (%.2fx)\n", j.Segments, float64(j.DurationUS)/1e6, spent, float64(j.DurationUS)/1e6/spent)
	}
}
