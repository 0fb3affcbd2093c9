package mediatest

import (
	"context"
	"fmt"
	"math"

	"rung"
)

// maxDistance is how far a beep may be from the second that its picture's number tells, in seconds.
const maxDistance = 0.040

// Steadiness is what a damaged source has become: a constant grid of pictures, each the one of its place, one before it
// that stands in, or the slate; and sound in step.
type Steadiness struct {
	Pictures int
	Own      int // show the picture of their place
	Held     int // show one of the two seconds before
	Early    int // show the one that is coming within a second
	Slate    int // show what has no number
	Odd      int // show something else: a damaged number
	Beeps    int
	Far      float64 // the farthest beep from its second, in seconds
	Faults   []string
}

// Steady holds decoded pictures and sound against the grid. The pattern's picture 0 is due at begin on the media clock, in
// seconds, and picture n at n/perSecond behind it; a picture's number is to be that of its place, whatever was lost.
func Steady(pictures []Picture, sound *Sound, begin float64, perSecond int) *Steadiness {
	s := &Steadiness{Pictures: len(pictures)}
	for i, p := range pictures {
		place := int64(math.Round((p.Time - begin) * float64(perSecond)))
		if off := p.Time - begin - float64(place)/float64(perSecond); math.Abs(off) > 1e-4 || i > 0 && math.Abs(p.Time-pictures[i-1].Time-1/float64(perSecond)) > 1e-4 {
			s.fault("picture %d is shown at %.6f s, off the grid", i, p.Time-begin)
		}
		switch behind := place - p.Number; {
		case behind == 0:
			s.Own++
		case p.Number == 0 && !p.Flash:
			s.Slate++
		case behind > 0 && behind <= int64(2*perSecond):
			s.Held++
		case behind < 0 && -behind <= int64(perSecond):
			s.Early++
		default:
			s.Odd++
		}
	}
	if sound == nil {
		return s
	}
	for _, b := range sound.Beeps() {
		s.Beeps++
		off := b - begin
		if d := off - math.Round(off); math.Abs(d) > math.Abs(s.Far) {
			s.Far = d
		}
	}
	if math.Abs(s.Far) > maxDistance {
		s.fault("a beep is %.1f ms from its second", s.Far*1000)
	}
	return s
}

// CheckSteady fetches a live presentation of the pattern from a damaged source, whose picture 0 is the timeline's first, and
// holds the first segments of a variant and its first audio rendition against the grid: none is a gap or lies behind a
// discontinuity. dir is for temporary files. An error means that it could not be looked at.
func CheckSteady(ctx context.Context, master string, o Options, perSecond int, dir string) (*Steadiness, error) {
	p, err := Fetch(ctx, master)
	if err != nil {
		return nil, err
	}
	video, audio := p.Video[min(o.Variant, len(p.Video)-1)], p.Audio[0]
	var faults []string
	for _, r := range []*Rendition{&video, &audio} {
		r.Segments = r.Segments[:min(o.Segments, len(r.Segments))]
		for _, s := range r.Segments {
			if s.Gap || s.Discontinuity {
				faults = append(faults, fmt.Sprintf("%s: segment %d: gap %t, discontinuity %t", r.Name, s.Sequence, s.Gap, s.Discontinuity))
			}
		}
	}
	v, err := video.load(ctx)
	if err != nil {
		return nil, err
	}
	pictures, err := v.pictures(ctx, o.Source, dir)
	if err != nil {
		return nil, err
	}
	a, err := audio.load(ctx)
	if err != nil {
		return nil, err
	}
	sound, err := a.sound(ctx, dir)
	if err != nil {
		return nil, err
	}
	s := Steady(pictures, sound, rung.MediaOrigin, perSecond)
	s.Faults = append(s.Faults, faults...)
	return s, nil
}

func (s *Steadiness) fault(format string, args ...any) {
	s.Faults = append(s.Faults, fmt.Sprintf(format, args...))
}

// String is a line for people.
func (s *Steadiness) String() string {
	return fmt.Sprintf("%d pictures: %d their own, %d held, %d early, %d slate, %d odd; %d beeps, the farthest %+.1f ms off", s.Pictures, s.Own, s.Held, s.Early, s.Slate, s.Odd, s.Beeps, s.Far*1000)
}
