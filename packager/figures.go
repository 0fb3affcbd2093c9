package packager

import (
	"strings"
	"time"

	"rung"
)

// Figures reads a presentation's state document, as State keeps it, into figures of what is published: one entry for each
// rendition that is offered, in the order of the ladder, none where nothing has been listed yet. A document that cannot be
// read gives an internal Error.
func Figures(state []byte) ([]RenditionFigures, error) {
	var s shown
	if err := unpack(state, &s); err != nil {
		return nil, err
	}
	var all []RenditionFigures
	for _, t := range s.renditions() {
		all = append(all, s.figures(t))
	}
	return all, nil
}

// shown is what live and VOD states have in common, and the live ones' latency.
type shown struct {
	presentation
	LatencyUS int64 `json:"latency_us"`
}

func (s *shown) figures(t track) RenditionFigures {
	rate := s.measure(t)
	f := RenditionFigures{
		ID: t.ID, Type: t.Type, Codecs: t.Codecs, Width: t.Width, Height: t.Height, FrameRate: t.FrameRate,
		Bandwidth: rate.Peak, AverageBandwidth: rate.Mean, Segments: int64(len(s.Listed)),
	}
	live := strings.HasPrefix(s.Root, string(rung.Live)+"/")
	if live {
		f.Latency = time.Duration(s.LatencyUS) * time.Microsecond
	}
	for _, e := range s.entries(t) {
		switch {
		case e.Gap:
			f.Gaps++
		case live: // a film has no date
			f.LastSegment = e.Time.Add(time.Duration(e.DurationUS) * time.Microsecond)
		}
	}
	return f
}
