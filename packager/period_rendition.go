package packager

import "time"

// periodRendition is one rendition in one period of a presentation: what its playlist entries there have in common.
type periodRendition struct {
	period *period
	kind   string
	index  int    // among the period's tracks; -1: it is not there
	folder string // URI of the folder of its objects
	init   string // URI of its init segment; empty: not known
}

// rendition is the rendition in the period with the id.
func (p *presentation) rendition(t track, id int64) periodRendition {
	r := periodRendition{period: p.period(id), kind: t.Type}
	r.index = r.period.index(t.ID)
	r.folder = relative(p.Root, r.period.folder(t.ID))
	if r.index >= 0 && r.period.Tracks[r.index].Init != "" {
		r.init = relative(p.Root, r.period.Tracks[r.index].Init)
	}
	return r
}

// entry is one of the period's segments in the rendition's playlist.
func (r periodRendition) entry(s segment) entry {
	offset, duration := s.span(r.kind, r.period.Grid)
	return entry{
		URI: r.folder + objectName(s.Number), Init: r.init, DurationUS: duration, Time: time.UnixMicro(s.TimeUS + offset),
		Discontinuity: s.Discontinuity, Gap: s.bytes(r.index) == gap,
	}
}
