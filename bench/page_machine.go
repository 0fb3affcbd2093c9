package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// section says what a report was measured on.
func (m Machine) section() Section {
	t := Table{}
	t.add("processor", m.CPU)
	t.add("cores", fmt.Sprintf("%d for this process; %d hardware threads, %d a core, %d sockets, %d NUMA nodes", m.Cores, m.Threads, m.ThreadsPerCore, m.Sockets, m.NUMANodes))
	t.add("frequency", fmt.Sprintf("%.0f MHz", m.MHz))
	var caches []string
	for _, c := range m.Caches {
		caches = append(caches, fmt.Sprintf("L%d %s %s x %d", c.Level, strings.ToLower(c.Type), bytesText(c.Bytes), c.Count))
	}
	t.add("caches", strings.Join(caches, ", "))
	t.add("instruction sets", strings.Join(m.Flags, " "))
	t.add("memory", bytesText(m.Memory))
	t.add("virtualisation", m.Virtualisation)
	t.add("system", m.OS+", kernel "+m.Kernel)
	for _, name := range slices.Sorted(maps.Keys(m.Versions)) {
		t.add(name, m.Versions[name])
	}
	t.Rows = slices.DeleteFunc(t.Rows, func(row []string) bool { return row[1] == "" })
	return Section{Title: "The machine", Tables: []Table{t}}
}

// inputSection lists what channels were fed with.
func inputSection(inputs []Input) Section {
	files := Table{Head: []string{"input", "codec", "size", "rate", "length", "audio", "bits per pixel"}}
	scenes := Table{Caption: "How hard it is to encode: bits per pixel of the widest rendition", Head: []string{"input", "scene", "frames", "bits per pixel"}}
	text := "Channels take these files in turn, looped without a break."
	for _, in := range inputs {
		scan := "p"
		if in.Interlaced {
			scan = "i"
		}
		files.add(in.Name, in.Codec, fmt.Sprintf("%dx%d%s", in.Width, in.Height, scan), in.FrameRate.String(), secondsText(in.DurationUS), fmt.Sprint(in.Audio),
			fmt.Sprintf("%.4f", in.BitsPerPixel))
		for _, s := range in.Scenes {
			grade, encoded := s.Grade, "-"
			if grade == "" {
				grade = "all"
			} else {
				text = "The built-in synthetic mix of easy, medium and hard scenes: channels take its streams in turn, looped without a break. " +
					"It stands for no particular programme; measure with recordings of your own (--input) before you buy."
			}
			if s.EncodedBitsPerPixel > 0 {
				encoded = fmt.Sprintf("%.4f", s.EncodedBitsPerPixel)
			}
			scenes.add(in.Name, grade, fmt.Sprintf("%d to %d", s.First, s.First+s.Frames-1), encoded)
		}
	}
	return Section{Title: "What was encoded", Text: []string{text}, Tables: []Table{files, scenes}}
}

// commandSection says how the report is made again.
func commandSection(r *Report) Section {
	return Section{Title: "How to measure it again", Text: r.Notes, Code: []string{strings.Join(r.Command, " ")}}
}

// bytesText is a size in the unit that suits it.
func bytesText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%.0f GiB", float64(n)/(1<<30))
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 10<<20:
		return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.0f KiB", float64(n)/(1<<10))
}

// secondsText is a time of microseconds in seconds, or milliseconds where it is short.
func secondsText(us int64) string {
	if us < 1e6 && us > -1e6 {
		return fmt.Sprintf("%d ms", (us+500)/1000)
	}
	return fmt.Sprintf("%.2f s", float64(us)/1e6)
}

// wholeSeconds is a time of microseconds in seconds.
func wholeSeconds(us int64) string { return fmt.Sprintf("%d s", (us+500_000)/1_000_000) }

// rateText is a bit rate.
func rateText(bits int64) string {
	if bits >= 1e6 {
		return fmt.Sprintf("%.2f Mbit/s", float64(bits)/1e6)
	}
	return fmt.Sprintf("%.0f kbit/s", float64(bits)/1e3)
}
