package bench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// describe puts the density's page together.
func (d *Density) describe(p *Page, r *Report) {
	p.Title = "rung bench density"
	t := d.AnswerTrial()
	p.Headline = fmt.Sprintf("This node carries %s of %s", channelsText(d.Channels), d.Load.Name())
	if d.Channels == 0 {
		p.Headline = fmt.Sprintf("This node does not carry one channel of %s", d.Load.Name())
	}
	p.Lead = d.lead(t)
	if t == nil {
		return
	}
	p.Tiles = d.tiles(t)
	p.add(d.channelSection(), d.latencySection(), processorSection(t))
	if len(t.Renditions) > 0 {
		p.add(renditionSection(t))
	}
	p.add(memorySection(t))
	if d.Peer != nil {
		p.add(d.peerSection())
	}
}

// lead says what the answer holds for.
func (d *Density) lead(t *Trial) string {
	var s []string
	if t != nil && d.Channels > 0 {
		s = append(s, fmt.Sprintf("In %s paced in real time %s of %d segments were listed within their deadline; %.1f%% is the target.",
			wholeSeconds(t.DurationUS), percentText(t.Share), t.Segments, 100*d.Target), d.Limit+".")
	} else if t != nil {
		s = append(s, fmt.Sprintf("One channel alone: %s. Unpaced, all slots together encode %.2f s of content in a second.", t.Why, d.Estimate.RealTimeFactor))
	}
	if f := d.Fitting; f != nil && f.Profile != "" {
		s = append(s, fmt.Sprintf("The largest built-in profile that fits is %s, at %.2f times real time by unpaced encoding.", f.Profile, f.RealTimeFactor))
	} else if f != nil {
		s = append(s, "No built-in profile fits.")
	}
	if d.Load.Chosen != "" {
		s = append(s, d.Load.Chosen+".")
	}
	return strings.Join(s, " ")
}

func (d *Density) tiles(t *Trial) []Tile {
	tiles := []Tile{
		{Value: fmt.Sprint(d.Channels), Unit: unit(d.Channels, "channel"), Label: "carried"},
		{Value: fmt.Sprint(d.Recommended), Unit: unit(d.Recommended, "channel"), Label: fmt.Sprintf("recommended, %.0f%% headroom", 100*d.Headroom)},
		{Value: fmt.Sprintf("%.1f", t.Throughput.MpixelPerSecond), Unit: "Mpixel/s", Label: fmt.Sprintf("encoded: %.1f a core, %.2f a GHz", t.Throughput.PerCore, t.Throughput.PerGHz)},
		{Value: fmt.Sprintf("%.2f", float64(t.Latency.P99US)/1e6), Unit: "s", Label: "p99, last packet to listing"},
		{Value: bytesText(t.Memory.PerChannel), Label: "memory a channel, at peak"},
	}
	if d.Peer != nil && d.Peer.Ratio > 0 {
		tiles = append(tiles, Tile{Value: fmt.Sprintf("%.2f", d.Peer.Ratio), Unit: "x", Label: "the channels of FFmpeg"})
	}
	return tiles
}

// channelSection shows how the answer was found.
func (d *Density) channelSection() Section {
	text := []string{d.HeadroomRule, "Hollow points did not hold. Growth is by how much later segments come for each second that a run lasts, in seconds."}
	if len(d.Spread.Answers) > 1 {
		text = append(text, fmt.Sprintf("%d searches gave %s channels.", len(d.Spread.Answers), joinInts(d.Spread.Answers)))
	}
	plot := LinePlot{Title: "Segments on time against channels", X: "channels", Y: "on time, %", Ceiling: 100, Floor: 90,
		Mark: &Mark{Y: 100 * d.Target, Label: fmt.Sprintf("target %.1f%%", 100*d.Target)}, Series: []Series{shareSeries("Rung", d.Trials)}}
	if d.Peer != nil {
		plot.Series = append(plot.Series, shareSeries("one FFmpeg process a channel", d.Peer.Trials))
	}
	return Section{Title: "Channels", Text: text, Plots: []Plot{plot}, Tables: []Table{trialTable("", d.Trials)}}
}

func trialTable(caption string, trials []Trial) Table {
	t := Table{Caption: caption, Head: []string{"channels", "run", "segments", "on time", "late", "missing", "growth", "p50", "p99", "cores busy", "a channel", "held"}}
	for _, r := range trials {
		held := "yes"
		if !r.Held {
			held = "no: " + r.Why
		}
		run := wholeSeconds(r.DurationUS)
		if !r.Sustained {
			run += " (search)"
		}
		t.add(fmt.Sprint(r.Channels), run, fmt.Sprint(r.Segments), percentText(r.Share), fmt.Sprint(r.Late), fmt.Sprint(r.Missing),
			fmt.Sprintf("%+.3f", r.Growth), secondsText(r.Latency.P50US), secondsText(r.Latency.P99US), fmt.Sprintf("%.2f", r.BusyCores), fmt.Sprintf("%.3f", r.BusyCores/float64(max(1, r.Channels))), held)
	}
	return t
}

// byChannels is one run for each number of channels, in their order: the sustained one where there is one, else the last.
func byChannels(trials []Trial) []Trial {
	best := map[int]Trial{}
	for _, t := range trials {
		if have, ok := best[t.Channels]; !ok || !have.Sustained || t.Sustained {
			best[t.Channels] = t
		}
	}
	var all []Trial
	for _, t := range best {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Trial) int { return cmp.Compare(a.Channels, b.Channels) })
	return all
}

func shareSeries(name string, trials []Trial) Series {
	s := Series{Name: name}
	for _, t := range byChannels(trials) {
		s.Points = append(s.Points, Point{X: float64(t.Channels), Y: 100 * t.Share, Open: !t.Held,
			Label: fmt.Sprintf("%d of %d segments on time with %s %s", t.OnTime, t.Segments, channelsText(t.Channels), t.Why)})
	}
	return s
}

// latencySection shows how late segments are.
func (d *Density) latencySection() Section {
	plot := LinePlot{Title: "Latency percentiles against channels", X: "channels", Y: "seconds", Floor: 0, Ceiling: 0.1}
	for _, of := range []struct {
		name string
		us   func(Percentiles) int64
	}{
		{"p50", func(p Percentiles) int64 { return p.P50US }}, {"p95", func(p Percentiles) int64 { return p.P95US }},
		{"p99", func(p Percentiles) int64 { return p.P99US }}, {"max", func(p Percentiles) int64 { return p.MaxUS }},
	} {
		s := Series{Name: of.name}
		for _, t := range byChannels(d.Trials) {
			s.Points = append(s.Points, Point{X: float64(t.Channels), Y: float64(of.us(t.Latency)) / 1e6})
		}
		plot.Series = append(plot.Series, s)
	}
	t := Table{Head: []string{"channels", "p50", "p95", "p99", "max"}}
	for _, r := range byChannels(d.Trials) {
		t.add(fmt.Sprint(r.Channels), secondsText(r.Latency.P50US), secondsText(r.Latency.P95US), secondsText(r.Latency.P99US), secondsText(r.Latency.MaxUS))
	}
	return Section{Title: "Latency", Text: []string{"From the arrival of a segment's last source packet to the segment's listing in all of its playlists."},
		Plots: []Plot{plot}, Tables: []Table{t}}
}

// peerSection compares with FFmpeg.
func (d *Density) peerSection() Section {
	p := d.Peer
	text := []string{fmt.Sprintf("FFmpeg %s, one process a channel with the same ladder and files, paced by its own -re, carries %s. %s.", p.Version, channelsText(p.Channels), p.Limit)}
	if p.Ratio > 0 {
		text = append(text, fmt.Sprintf("Rung carries %.2f times as many, at %.2f of the processor time for a second of a channel.", p.Ratio, p.CPURatio))
	}
	return Section{Title: "Against FFmpeg", Text: text, Tables: []Table{trialTable("", p.Trials)}, Code: []string{shellText(p.Command)}}
}

// Name says a load in words.
func (l Load) Name() string {
	var parts []string
	for _, s := range l.Mix {
		if len(l.Mix) == 1 {
			return s.Profile
		}
		parts = append(parts, fmt.Sprintf("%s:%d", s.Profile, s.Parts))
	}
	return strings.Join(parts, ",")
}

func channelsText(n int) string { return fmt.Sprintf("%d %s", n, unit(n, "channel")) }

func unit(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// percentText does not round up to all of it.
func percentText(share float64) string {
	if share < 1 && share >= 0.99995 {
		return "99.99%"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.2f", 100*share), ".00") + "%"
}

func joinInts(v []int) string {
	var texts []string
	for _, n := range v {
		texts = append(texts, fmt.Sprint(n))
	}
	return strings.Join(texts, ", ")
}

// shellText is a command line as a shell takes it.
func shellText(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		if quoted[i] = a; a == "" || strings.ContainsAny(a, " '\"[];$&|<>()*?\\") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
