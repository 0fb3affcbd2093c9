package mediatest

import (
	"fmt"
	"math"
	"strconv"
)

// Tolerances of the rules.
const (
	extinfError  = 1.1e-6 // seconds: EXTINF is printed in microseconds, rounded so that sums stay exact
	declaredOver = 1.10   // BANDWIDTH of what has ended may be so much over the measured peak (Apple's authoring rules, 4.2)
	audioFrame   = 1024   // samples: how far a cut of the sound may lie behind that of the pictures
)

// rules holds a presentation against what players and joins need. The first of video is the one that the others' cuts are
// held against.
type rules struct {
	ended  bool // as a whole: the presentation is not to be added to
	faults []string
}

func (r *rules) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// all checks the renditions by themselves and against each other.
func (r *rules) all(video, audio []*media) {
	for _, m := range video {
		r.rendition(m, true)
		r.sameCuts(video[0], m, 0)
	}
	for _, m := range audio {
		r.rendition(m, false)
		if len(video) > 0 {
			r.sameCuts(video[0], m, audioFrame)
		}
	}
	for _, m := range video {
		r.bandwidth(m, audio)
	}
}

// rendition: its segments follow each other without a hole, each as long as its playlist says, behind one init segment.
func (r *rules) rendition(m *media, pictures bool) {
	name := m.rendition.Name
	if len(m.fragments) == 0 || len(m.fragments) != len(m.rendition.Segments) {
		r.fault("%s: media in %d of %d segments", name, len(m.fragments), len(m.rendition.Segments))
		return
	}
	if len(m.inits) != 1 {
		r.fault("%s: %d init segments in one session", name, len(m.inits))
	}
	if m.rendition.Ended != r.ended {
		r.fault("%s: its playlist ends: %t, not %t", name, m.rendition.Ended, r.ended)
	}
	for i, f := range m.fragments {
		s := m.rendition.Segments[i]
		if s.Discontinuity && i > 0 {
			r.fault("%s: a discontinuity before segment %d", name, s.Sequence)
		}
		if real := float64(f.duration) / float64(m.scale); math.Abs(real-s.Seconds) > extinfError {
			r.fault("%s: segment %d lasts %.6f s, its EXTINF says %.6f", name, s.Sequence, real, s.Seconds)
		}
		if math.Round(s.Seconds) > m.rendition.Target {
			r.fault("%s: segment %d of %.3f s is longer than the target duration of %v", name, s.Sequence, s.Seconds, m.rendition.Target)
		}
		if pictures && !f.sync {
			r.fault("%s: segment %d does not begin with a picture that stands alone", name, s.Sequence)
		}
		if i > 0 {
			r.join(name, m.fragments[i-1], f, s.Sequence)
		}
	}
}

// join: a segment's decode time, presentation time and number follow those of the one before.
func (r *rules) join(name string, before, f fragment, sequence int64) {
	if f.begin != before.end() {
		r.fault("%s: segment %d begins at %d, the one before ended at %d", name, sequence, f.begin, before.end())
	}
	if f.shown != before.shown+before.duration {
		r.fault("%s: segment %d is shown from %d, the one before until %d", name, sequence, f.shown, before.shown+before.duration)
	}
	if f.sequence != before.sequence+1 {
		r.fault("%s: segment %d has the number %d behind %d", name, sequence, f.sequence, before.sequence)
	}
}

// sameCuts: segments with the same number are cut at the same instant, or up to late ticks behind it.
func (r *rules) sameCuts(a, b *media, late int64) {
	if len(a.fragments) == 0 || len(b.fragments) == 0 {
		return
	}
	at := map[int64]fragment{}
	for _, f := range a.fragments {
		at[f.sequence] = f
	}
	for _, f := range b.fragments {
		reference, ok := at[f.sequence]
		if !ok {
			if r.ended {
				r.fault("%s: segment number %d is not in %s", b.rendition.Name, f.sequence, a.rendition.Name)
			}
			continue
		}
		// In units of 1 / (a.scale * b.scale) both are whole numbers.
		if d := f.shown*a.scale - reference.shown*b.scale; d < 0 || d > late*a.scale || d > 0 && late == 0 {
			r.fault("%s: number %d is cut %.3f ms behind that of %s", b.rendition.Name, f.sequence, float64(d)*1000/float64(a.scale*b.scale), a.rendition.Name)
		}
	}
}

// bandwidth: a variant declares the peak of its pictures and sound together, and little more once it has ended.
func (r *rules) bandwidth(m *media, audio []*media) {
	declared, err := strconv.ParseFloat(m.rendition.Attrs["BANDWIDTH"], 64)
	if err != nil {
		r.fault("%s: BANDWIDTH %q", m.rendition.Name, m.rendition.Attrs["BANDWIDTH"])
		return
	}
	peak := m.peak(m.rendition.Target)
	sound := 0.0
	for _, a := range audio {
		sound = max(sound, a.peak(a.rendition.Target))
	}
	if peak += sound; declared < 0.999*peak {
		r.fault("%s: BANDWIDTH %.0f is below the peak of %.0f", m.rendition.Name, declared, peak)
	}
	if r.ended && declared > declaredOver*peak {
		r.fault("%s: BANDWIDTH %.0f is over %v times the peak of %.0f", m.rendition.Name, declared, declaredOver, peak)
	}
}
