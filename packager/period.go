package packager

import (
	"path"
	"slices"
	"strconv"

	"rung"
)

// period is a stretch of a presentation without a discontinuity: segments of one session with the same init segments.
type period struct {
	ID      int64     `json:"id"` // counted up in a presentation
	Session string    `json:"session"`
	Prefix  string    `json:"prefix"` // the folder of its objects
	Grid    rung.Grid `json:"grid"`
	// Tracks are the renditions in the order of the ladder: video widest first, then audio. None as long as no segment of
	// the period has been encoded.
	Tracks []track `json:"tracks,omitempty"`
}

// track is one rendition in a period.
type track struct {
	ID        string        `json:"id"`
	Type      string        `json:"type"`
	Init      string        `json:"init"` // key
	Codecs    string        `json:"codecs"`
	Width     int           `json:"width,omitempty"`
	Height    int           `json:"height,omitempty"`
	FrameRate rung.Rational `json:"frame_rate,omitzero"`
	Channels  int           `json:"channels,omitempty"`
	Language  string        `json:"language,omitempty"`
	Name      string        `json:"name,omitempty"`
}

const (
	video = "video"
	audio = "audio"
)

// tracksOf are a result's renditions.
func tracksOf(r rung.Result) []track {
	tracks := make([]track, len(r.Tracks))
	for i, t := range r.Tracks {
		tracks[i] = track{
			ID: t.ID, Type: t.Type, Init: t.Init, Codecs: t.Codecs, Width: t.Width, Height: t.Height, FrameRate: t.FrameRate,
			Channels: t.Channels, Language: t.Language, Name: t.Name,
		}
		if t.Type == video && t.FrameRate.IsZero() {
			tracks[i].FrameRate = r.Rate
		}
	}
	return tracks
}

// carries reports whether segments of tracks can follow those of the period without a discontinuity. A rendition that has
// a gap in one segment may come without its init segment.
func (p *period) carries(tracks []track) bool {
	return slices.EqualFunc(p.Tracks, tracks, func(a, b track) bool {
		return a.ID == b.ID && (a.Init == b.Init || a.Init == "" || b.Init == "")
	})
}

// complete takes over what earlier segments of the period did not say.
func (p *period) complete(tracks []track) {
	for i, t := range tracks {
		if p.Tracks[i].Init == "" && t.Init != "" {
			p.Tracks = slices.Clone(p.Tracks) // states share it
			p.Tracks[i] = t
		}
	}
}

// index is the place of the rendition in the period's tracks, -1 where it has none of that id.
func (p *period) index(id string) int {
	return slices.IndexFunc(p.Tracks, func(t track) bool { return t.ID == id })
}

// folder is where the objects of a rendition's segments are, with a slash at its end.
func (p *period) folder(id string) string { return path.Join(p.Prefix, id) + "/" }

// key is the object of one segment of a rendition.
func (p *period) key(id string, number int64) string { return p.folder(id) + objectName(number) }

// objectName is the name of a segment's object in its folder: the number, of five digits at least.
func objectName(number int64) string {
	digits := strconv.FormatInt(number, 10)
	return "00000"[min(len(digits), 5):] + digits + ".m4s"
}
