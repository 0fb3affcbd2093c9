package mediatest

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Tolerances of sync between flash and beep, in seconds.
const (
	maxOffset = 0.025
	maxSpread = 0.045
)

// Verdict is what was seen of one variant and its sound: for presentations that need not hold all of the pattern. What has
// to is held against an Expectation.
type Verdict struct {
	PictureFindings
	SoundBreaks []float64
	Seconds     float64 // of sound
	Sync        float64 // median of beep minus flash, in seconds
	Faults      []string
}

// Options say what of a presentation is looked at.
type Options struct {
	Variant  int   // 0: the widest; the narrowest where there are not so many
	Source   Size  // that the pattern was drawn at
	Step     int64 // from one picture's number to the next's; 0: 1
	Segments int   // the first ones of each rendition; 0: all
}

// Check fetches a presentation, decodes a variant and its first audio rendition, and looks for lost, repeated and
// misplaced pictures, breaks of the sound and loss of sync. dir is for temporary files. An error means that it could not
// be looked at.
func Check(ctx context.Context, master string, o Options, dir string) (*Verdict, error) {
	p, err := Fetch(ctx, master)
	if err != nil {
		return nil, err
	}
	for _, r := range [][]Rendition{p.Video, p.Audio} {
		for i := range r {
			if o.Segments > 0 {
				r[i].Segments = r[i].Segments[:min(o.Segments, len(r[i].Segments))]
			}
		}
	}
	video, err := p.Video[min(o.Variant, len(p.Video)-1)].load(ctx)
	if err != nil {
		return nil, err
	}
	pictures, err := video.pictures(ctx, o.Source, dir)
	if err != nil {
		return nil, err
	}
	v := &Verdict{}
	v.Faults = v.look(pictures, order{step: max(1, o.Step)})
	if len(p.Audio) == 0 {
		return v, nil
	}
	audio, err := p.Audio[0].load(ctx)
	if err != nil {
		return nil, err
	}
	sound, err := audio.sound(ctx, dir)
	if err != nil {
		return nil, err
	}
	v.listen(sound, pictures)
	return v, nil
}

func (v *Verdict) fault(format string, args ...any) {
	v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
}

// listen looks for breaks of the sine, and holds the beeps against the flashes.
func (v *Verdict) listen(s *Sound, pictures []Picture) {
	v.Seconds = float64(len(s.Left)) / rate
	if v.SoundBreaks = s.Breaks(); len(v.SoundBreaks) > 0 {
		v.fault("the sine breaks at %.3f s", v.SoundBreaks)
	}
	offsets := offsets(s.Beeps(), pictures)
	if len(offsets) == 0 {
		v.fault("no flash with its beep")
		return
	}
	v.Sync = offsets[len(offsets)/2]
	if math.Abs(v.Sync) > maxOffset {
		v.fault("the beep is %.1f ms from the flash", v.Sync*1000)
	}
	if spread := offsets[len(offsets)-1] - offsets[0]; spread > maxSpread {
		v.fault("beep and flash move against each other by %.1f ms", spread*1000)
	}
}

// offsets are the times from each flash to the beep nearest to it, in order of size.
func offsets(beeps []float64, pictures []Picture) []float64 {
	var all []float64
	for _, p := range pictures {
		if !p.Flash {
			continue
		}
		best := math.Inf(1)
		for _, b := range beeps {
			if d := b - p.Time; math.Abs(d) < math.Abs(best) {
				best = d
			}
		}
		if math.Abs(best) < 0.5 {
			all = append(all, best)
		}
	}
	slices.Sort(all)
	return all
}

// String is a line for people.
func (v *Verdict) String() string {
	return fmt.Sprintf("%d pictures (%d..%d), %d lost, %d repeated, %.3f s of sound, %d breaks, sync %+.1f ms", v.Pictures, v.First, v.Last, v.Lost, v.Repeated,
		v.Seconds, len(v.SoundBreaks), v.Sync*1000)
}
