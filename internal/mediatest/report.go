package mediatest

import (
	"context"
	"fmt"
	"slices"
)

// Report is what was found of a presentation of the test pattern.
type Report struct {
	Widest, Narrowest PictureFindings
	Sound             SoundFindings
	Segments          int
	Faults            []string // none: it is as it has to be
}

// Examine fetches a presentation, holds its playlists and boxes against the rules, decodes its widest and its narrowest
// rendition and its sound, and holds each picture and sample against the pattern. What cannot be decoded is a fault, too;
// an error means that it could not be fetched. dir is for temporary files.
func Examine(ctx context.Context, master string, want Expectation, dir string) (*Report, error) {
	p, err := Fetch(ctx, master)
	if err != nil {
		return nil, err
	}
	video, audio, err := p.load(ctx)
	if err != nil {
		return nil, err
	}
	rules := rules{ended: !want.Live}
	rules.all(video, audio)
	r := &Report{Segments: len(video[0].fragments), Faults: rules.faults}
	r.look(ctx, &r.Widest, video[0], want, dir)
	r.look(ctx, &r.Narrowest, video[len(video)-1], want, dir)
	if (len(audio) > 0) != (want.Channels > 0) {
		r.fault("%d audio renditions of a source with %d channels", len(audio), want.Channels)
	}
	if len(audio) > 0 {
		r.listen(ctx, audio[0], want, dir)
	}
	return r, nil
}

// load fetches all renditions' segments, the widest pictures first.
func (p *Presentation) load(ctx context.Context) (video, audio []*media, err error) {
	for i := range p.Video {
		m, err := p.Video[i].load(ctx)
		if err != nil {
			return nil, nil, err
		}
		video = append(video, m)
	}
	for i := range p.Audio {
		m, err := p.Audio[i].load(ctx)
		if err != nil {
			return nil, nil, err
		}
		audio = append(audio, m)
	}
	slices.SortStableFunc(video, func(a, b *media) int { return width(b.rendition.Name) - width(a.rendition.Name) })
	return video, audio, nil
}

// width is that of a RESOLUTION.
func width(resolution string) (w int) {
	if _, err := fmt.Sscanf(resolution, "%dx", &w); err != nil {
		return 0
	}
	return w
}

func (r *Report) fault(format string, args ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

// blame adds faults with the name of the rendition that has them; of many the first tell enough.
func (r *Report) blame(name string, faults []string) {
	const most = 5
	for _, f := range faults[:min(len(faults), most)] {
		r.fault("%s: %s", name, f)
	}
	if more := len(faults) - most; more > 0 {
		r.fault("%s: and %d more", name, more)
	}
}

// look decodes a rendition: its pictures are all those of the source.
func (r *Report) look(ctx context.Context, f *PictureFindings, m *media, want Expectation, dir string) {
	name := m.rendition.Name
	pictures, err := m.pictures(ctx, want.Source, dir)
	if err != nil {
		r.fault("%s: %v", name, err)
		return
	}
	if end := slices.IndexFunc(pictures, func(p Picture) bool { return p.Number == want.Frames-1 }); want.Live && end >= 0 {
		pictures = pictures[:end+1] // then it is repeated, and the slate follows
	}
	o := order{rate: want.Rate, step: 1, kept: want.Pulldown}
	r.blame(name, f.look(pictures, o))
	r.blame(name, f.place(pictures, o))
	if f.First != 0 || f.Last != want.Frames-1 {
		r.fault("%s: pictures %d to %d, not 0 to %d", name, f.First, f.Last, want.Frames-1)
	}
}

// listen decodes the sound.
func (r *Report) listen(ctx context.Context, m *media, want Expectation, dir string) {
	sound, err := m.sound(ctx, dir)
	if err != nil {
		r.fault("%s: %v", m.rendition.Name, err)
		return
	}
	r.blame("audio", r.Sound.listen(sound, r.Widest.Origin, want))
}
