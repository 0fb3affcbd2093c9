package ingest

import (
	"fmt"
	"strings"

	"rung"
	"rung/internal/mpegts"
)

// formatWatch sees that a source's pictures or sound become another kind. It outlives sessions.
type formatWatch struct{ known []facet }

// facet is one thing that may be said of a format.
type facet struct{ name, value string }

// changes takes what the headers say now and gives what has changed since, in words; "" where nothing has. What they do
// not say (yet) is as it was.
func (w *formatWatch) changes(media rung.MediaInfo, t mpegts.Tables) string {
	var changed []string
	for _, f := range facets(media, t) {
		i := w.find(f.name)
		if old := w.known[i].value; old != "" && old != f.value {
			changed = append(changed, fmt.Sprintf("%s %s → %s", f.name, old, f.value))
		}
		w.known[i].value = f.value
	}
	return strings.Join(changed, ", ")
}

// find is the index of a facet, which is made where it is new.
func (w *formatWatch) find(name string) int {
	for i, f := range w.known {
		if f.name == name {
			return i
		}
	}
	w.known = append(w.known, facet{name: name})
	return len(w.known) - 1
}

// facets are what is known of the selected streams' format.
func facets(media rung.MediaInfo, t mpegts.Tables) []facet {
	var all []facet
	add := func(known bool, name, format string, args ...any) {
		if known {
			all = append(all, facet{name, fmt.Sprintf(format, args...)})
		}
	}
	for _, v := range media.Video {
		add(v.Codec != "", "video codec", "%s", v.Codec)
		add(v.Width > 0, "video size", "%dx%d", v.Width, v.Height)
		add(v.Width > 0, "scanning", "%s", scanning(v.Interlaced))
		add(!v.FrameRate.IsZero(), "frame rate", "%s", v.FrameRate)
	}
	for i, s := range t.Audio {
		name := "audio"
		if len(t.Audio) > 1 {
			name = fmt.Sprintf("audio %d", i+1)
		}
		add(s.Language != "", name+" language", "%s", s.Language)
		for _, a := range media.Audio {
			if a.PID == s.PID {
				add(a.Codec != "", name+" codec", "%s", a.Codec)
				add(a.Channels > 0, name+" channels", "%d", a.Channels)
				add(a.SampleRate > 0, name+" rate", "%d Hz", a.SampleRate)
			}
		}
	}
	return all
}

func scanning(interlaced bool) string {
	if interlaced {
		return "interlaced"
	}
	return "progressive"
}
