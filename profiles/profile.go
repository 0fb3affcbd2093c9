// Package profiles holds encoding ladders as validated data: the built-in ones, those that operators write in YAML, and
// the arithmetic of a ladder for one source (sizes, GOPs, segment grid, cost, bandwidth).
package profiles

import (
	"rung"
)

// Deinterlacing modes of a profile.
const (
	DeinterlaceFrame = "frame" // one output picture a frame: the source's rate
	DeinterlaceField = "field" // one output picture a field: twice the source's rate
	DeinterlaceOff   = "off"   // pictures pass as they are
)

// What a profile makes of film that is flagged to be shown by 3:2 pulldown, at 5/4 of its own rate.
const (
	PulldownKeep    = "keep"    // the rate at which it is shown: one picture of four is there twice
	PulldownRestore = "restore" // the film's own rate
)

// Profile is an encoding ladder as its author wrote it, checked.
type Profile struct {
	Name        string      `yaml:"name" json:"name"`
	Description string      `yaml:"description,omitempty" json:"description,omitempty"`
	Segment     RateTimes   `yaml:"segment" json:"segment"`                             // length of a segment; whole GOPs
	GOP         RateTimes   `yaml:"gop" json:"gop"`                                     // time between IDR frames
	Deinterlace string      `yaml:"deinterlace,omitempty" json:"deinterlace,omitempty"` // frame (default), field, off
	Pulldown    string      `yaml:"pulldown,omitempty" json:"pulldown,omitempty"`       // keep (default), restore
	Video       []Rendition `yaml:"video" json:"video"`                                 // any order; at least one, unless there is audio
	Audio       []Audio     `yaml:"audio,omitempty" json:"audio,omitempty"`
}

// Rendition is one rung. Size is a box: the picture keeps its shape inside it and is never scaled up.
type Rendition struct {
	Name    string            `yaml:"name,omitempty" json:"name"` // default: the height and "p"
	Size    Size              `yaml:"size" json:"size"`
	Codec   string            `yaml:"codec,omitempty" json:"codec"`     // libx264 (default), libx265, libsvtav1
	Preset  string            `yaml:"preset,omitempty" json:"preset"`   // default: veryfast; svtav1: 10
	Profile string            `yaml:"profile,omitempty" json:"profile"` // default: high; x265 and svtav1: main
	Level   string            `yaml:"level,omitempty" json:"level,omitempty"`
	Tune    string            `yaml:"tune,omitempty" json:"tune,omitempty"`
	CRF     float64           `yaml:"crf,omitempty" json:"crf,omitempty"`           // constant quality, or
	BitRate BitRate           `yaml:"bit_rate,omitempty" json:"bit_rate,omitempty"` // average bit rate
	MaxRate BitRate           `yaml:"max_rate,omitempty" json:"max_rate,omitempty"`
	Buffer  BitRate           `yaml:"buffer,omitempty" json:"buffer,omitempty"` // bits
	Threads int               `yaml:"threads,omitempty" json:"threads,omitempty"`
	GOP     *RateTimes        `yaml:"gop,omitempty" json:"gop,omitempty"` // where it differs from the profile's
	Params  map[string]string `yaml:"params,omitempty" json:"params,omitempty"`
	// Lookahead is shared (default: renditions of libx264 that code alike share one where they can) or own.
	Lookahead string `yaml:"lookahead,omitempty" json:"lookahead,omitempty"`
}

// The values of Rendition.Lookahead.
const (
	LookaheadShared = "shared"
	LookaheadOwn    = "own"
)

// Audio is one audio rendition of each selected source track.
type Audio struct {
	Name     string  `yaml:"name,omitempty" json:"name"`
	Codec    string  `yaml:"codec,omitempty" json:"codec"` // aac
	BitRate  BitRate `yaml:"bit_rate,omitempty" json:"bit_rate"`
	Channels int     `yaml:"channels,omitempty" json:"channels"`
}

// fill sets the documented defaults.
func (p *Profile) fill() {
	if p.Deinterlace == "" {
		p.Deinterlace = DeinterlaceFrame
	}
	if p.Pulldown == "" {
		p.Pulldown = PulldownKeep
	}
	for i := range p.Video {
		r := &p.Video[i]
		if r.Name == "" && r.Size.Height > 0 {
			r.Name = r.Size.lines()
		}
		if r.Codec == "" {
			r.Codec = "libx264"
		}
		if enc, ok := encoders[r.Codec]; ok {
			if r.Preset == "" {
				r.Preset = enc.preset
			}
			if r.Profile == "" {
				r.Profile = enc.profile
			}
		}
	}
	for i := range p.Audio {
		a := &p.Audio[i]
		if a.Codec == "" {
			a.Codec = "aac"
		}
		if a.Channels == 0 {
			a.Channels = 2
		}
		if a.BitRate == 0 {
			a.BitRate = BitRate(64000 * a.Channels)
		}
		if a.Name == "" {
			a.Name = map[int]string{1: "Mono", 2: "Stereo", 6: "5.1"}[a.Channels]
		}
	}
}

// Bandwidth is the sum of the rates that the ladder's renditions are capped at, in bit/s: what a node sends to the
// store at the most, over one segment.
func (p *Profile) Bandwidth() int64 {
	var sum int64
	for _, r := range p.Video {
		sum += max(int64(r.MaxRate), int64(r.BitRate))
	}
	for _, a := range p.Audio {
		sum += int64(a.BitRate)
	}
	return sum
}

// Pixels is the number of luma samples encoded for one source picture of the ladder's full size: the first measure of
// its cost.
func Pixels(l rung.Ladder) int64 {
	var n int64
	for _, v := range l.Video {
		n += int64(v.Width) * int64(v.Height)
	}
	return n
}
