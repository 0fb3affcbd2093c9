package bench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// processorSection shows where a run's processor time went.
func processorSection(t *Trial) Section {
	perSecond := float64(t.Channels) * float64(t.DurationUS) / 1e6
	table := Table{Head: []string{"stage", "processor time", "share", "ms for a second of a channel"}}
	bars := BarPlot{Title: "Processor time by stage", X: "ms of one core for a second of a channel", Format: "%.1f"}
	stages := slices.Clone(t.Stages)
	slices.SortStableFunc(stages, func(a, b StageCost) int { return cmp.Compare(b.CPUUS, a.CPUUS) })
	encoders := 0.0
	for _, s := range stages {
		ms := float64(s.CPUUS) / 1e3 / perSecond
		table.add(s.Stage, secondsText(s.CPUUS), percentText(s.Share), fmt.Sprintf("%.1f", ms))
		bars.Bars = append(bars.Bars, Bar{Name: s.Stage, Values: []float64{ms}, Note: fmt.Sprintf("%.1f ms, %s", ms, percentText(s.Share))})
		if strings.HasPrefix(s.Stage, "encode:") {
			encoders += s.Share
		}
	}
	text := []string{fmt.Sprintf("%.2f cores were busy. The encoders took %s of that, all else %s.", t.BusyCores, percentText(encoders), percentText(1-encoders)),
		"The engines tell their stages themselves; engine is what they spent outside of these, control the rest of the rung process: queue, scheduling, packaging."}
	return Section{Title: "Processor time", Text: text, Plots: []Plot{bars}, Tables: []Table{table}}
}

// renditionSection shows what came out.
func renditionSection(t *Trial) Section {
	table := Table{Head: []string{"rendition", "size", "rate", "mean", "peak", "declared", "bits per pixel", "processor time", "real time on a core"}}
	bars := BarPlot{Title: "Bit rate of the renditions, mean and declared", X: "Mbit/s", Values: []string{"mean", "room up to the declared rate"}, Format: "%.2f"}
	several := slices.ContainsFunc(t.Renditions, func(r RenditionResult) bool { return r.Profile != t.Renditions[0].Profile })
	for _, r := range t.Renditions {
		name := r.ID
		if several {
			name = r.Profile + " " + r.ID
		}
		size, rate, bpp, declared, encode, factor := "-", "-", "-", "-", "-", "-"
		if r.Type == "video" {
			size, rate, bpp = fmt.Sprintf("%dx%d", r.Width, r.Height), r.FrameRate.String(), fmt.Sprintf("%.4f", r.BitsPerPixel)
		}
		if r.MaxRate > 0 {
			declared = rateText(r.MaxRate)
			bars.Bars = append(bars.Bars, Bar{Name: name, Values: []float64{float64(r.BitRate) / 1e6, max(0, float64(r.MaxRate-r.BitRate)) / 1e6},
				Note: fmt.Sprintf("%s of %s", rateText(r.BitRate), rateText(r.MaxRate))})
		}
		if r.EncodeCPUUS > 0 {
			encode, factor = secondsText(r.EncodeCPUUS), fmt.Sprintf("%.1fx", r.RealTimeFactor)
		}
		table.add(name, size, rate, rateText(r.BitRate), rateText(r.PeakRate), declared, bpp, encode, factor)
	}
	return Section{Title: "Renditions", Text: []string{"Mean and peak (of a single segment) over all channels, against the rate that the profile declares."},
		Plots: []Plot{bars}, Tables: []Table{table}}
}

// memorySection shows what a run took.
func memorySection(t *Trial) Section {
	m := t.Memory
	bars := BarPlot{Title: "Memory at peak", X: "MiB", Values: []string{"engines", "control plane"}, Format: "%.0f MiB",
		Bars: []Bar{{Name: channelsText(t.Channels), Values: []float64{float64(m.Engines) / (1 << 20), float64(m.Control) / (1 << 20)}}}}
	return Section{Title: "Memory", Text: []string{fmt.Sprintf("%s at peak, %s a channel: proportional set sizes of the whole process tree, sampled while it ran.",
		bytesText(m.Peak), bytesText(m.PerChannel))}, Plots: []Plot{bars}}
}
