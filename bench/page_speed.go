package bench

import (
	"fmt"
	"slices"
)

// describe puts the speed's page together.
func (s *Speed) describe(p *Page, _ *Report) {
	best := s.Runs[s.Best]
	p.Title = "rung bench speed"
	p.Headline = fmt.Sprintf("%s is encoded at %.2f times real time", s.Profile, best.RealTimeFactor)
	p.Lead = fmt.Sprintf("With %d slots and %d threads an encoder, unpaced: %s of content in %s. A live node needs room above real time; "+
		"how many channels it carries says rung bench density.", best.Slots, best.Threads, secondsText(s.MediaUS), secondsText(best.WallUS))
	p.Tiles = []Tile{
		{Value: fmt.Sprintf("%.2f", best.RealTimeFactor), Unit: "x", Label: "real time"},
		{Value: fmt.Sprint(best.Slots), Unit: "slots", Label: "of the best setting"},
		{Value: fmt.Sprint(best.Threads), Unit: "threads", Label: "of each encoder"},
		{Value: bytesText(best.Peak), Label: "memory at peak"},
	}
	p.add(Section{
		Title:  "Settings",
		Text:   []string{"Each line encodes the same content. Where two are as fast, the one that takes less processor time leaves more room."},
		Plots:  []Plot{s.plot()},
		Tables: []Table{s.table()},
	}, Section{Title: "Configuration", Text: []string{"For this node's rung.yaml, and the profile."}, Code: s.Config})
}

func (s *Speed) table() Table {
	t := Table{Head: []string{"slots", "threads", "real time", "wall", "processor time", "memory at peak", ""}}
	for i, r := range s.Runs {
		note := ""
		if i == s.Best {
			note = "best"
		}
		t.add(fmt.Sprint(r.Slots), fmt.Sprint(r.Threads), fmt.Sprintf("%.2fx", r.RealTimeFactor), secondsText(r.WallUS), secondsText(r.CPUUS), bytesText(r.Peak), note)
	}
	return t
}

// plot draws the throughput over the slots, a line for each number of threads.
func (s *Speed) plot() Plot {
	p := LinePlot{Title: "Throughput by slots and threads", X: "slots", Y: "seconds of content a second"}
	for _, r := range s.Runs {
		name := fmt.Sprintf("%d threads", r.Threads)
		i := slices.IndexFunc(p.Series, func(have Series) bool { return have.Name == name })
		if i < 0 {
			i = len(p.Series)
			p.Series = append(p.Series, Series{Name: name})
		}
		p.Series[i].Points = append(p.Series[i].Points, Point{X: float64(r.Slots), Y: r.RealTimeFactor})
	}
	return p
}
