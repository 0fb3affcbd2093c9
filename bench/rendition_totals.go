package bench

import (
	"cmp"
	"slices"
	"time"

	"rung"
)

// renditionKey is a rendition of a profile.
type renditionKey struct{ profile, id string }

// renditionResults adds up what came out, a line for each rendition of each profile, widest first, and the pixels of all.
func renditionResults(results []rung.Result, ladders map[string]rung.Ladder) (all []RenditionResult, pixels int64) {
	sums := map[renditionKey]*RenditionResult{}
	for _, r := range results {
		l := ladders[r.ID.Owner]
		for _, t := range r.Tracks {
			if t.Gap {
				continue
			}
			key := renditionKey{l.Profile, t.ID}
			s := sums[key]
			if s == nil {
				s = &RenditionResult{Profile: l.Profile, ID: t.ID, Type: t.Type, Width: t.Width, Height: t.Height, FrameRate: t.FrameRate, MaxRate: maxRate(l, t.ID)}
				sums[key] = s
			}
			s.add(t, trackTime(r, t), encodeTime(r, t))
			pixels += int64(t.Width) * int64(t.Height) * t.Frames
		}
	}
	for _, s := range sums {
		s.conclude()
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b RenditionResult) int {
		return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(b.Type, a.Type), cmp.Compare(b.Width, a.Width), cmp.Compare(b.MaxRate, a.MaxRate), cmp.Compare(a.ID, b.ID))
	})
	return all, pixels
}

// trackTime is how long a track of a segment lasts, in microseconds.
func trackTime(r rung.Result, t rung.Track) int64 {
	if t.Type == "audio" {
		return t.Frames * rung.AudioFrame * 1e6 / rung.AudioRate
	}
	return rung.Rescale(t.Frames, r.Rate.Inverse(), rung.Rational{Num: 1, Den: 1_000_000})
}

// encodeTime is the processor time that went into one track of a segment. The engine tells the sound's in one, decoding
// included; it is divided evenly.
func encodeTime(r rung.Result, t rung.Track) int64 {
	if t.Type != "audio" {
		return r.Stats.StageUS["encode:"+t.ID]
	}
	tracks := int64(0)
	for _, other := range r.Tracks {
		if other.Type == "audio" {
			tracks++
		}
	}
	return r.Stats.StageUS["audio"] / tracks
}

// maxRate is what a ladder caps a rendition at.
func maxRate(l rung.Ladder, id string) int64 {
	for _, v := range l.Video {
		if v.ID == id {
			return max(v.MaxRate, v.BitRate)
		}
	}
	for _, a := range l.Audio {
		if a.ID == id {
			return a.BitRate
		}
	}
	return 0
}

// add takes one segment.
func (s *RenditionResult) add(t rung.Track, us, cpuUS int64) {
	s.Segments++
	s.MediaUS += us
	s.Bytes += t.Bytes
	s.EncodeCPUUS += cpuUS
	if us > 0 {
		s.PeakRate = max(s.PeakRate, t.Bytes*8*1e6/us)
	}
}

// conclude makes means of sums.
func (s *RenditionResult) conclude() {
	seconds := float64(s.MediaUS) / float64(time.Second/time.Microsecond)
	if seconds > 0 {
		s.BitRate = int64(float64(8*s.Bytes) / seconds)
	}
	if pixels := float64(s.Width*s.Height) * s.FrameRate.Float() * seconds; pixels > 0 {
		s.BitsPerPixel = float64(8*s.Bytes) / pixels
	}
	if s.EncodeCPUUS > 0 {
		s.RealTimeFactor = float64(s.MediaUS) / float64(s.EncodeCPUUS)
	}
}
