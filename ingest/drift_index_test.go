package ingest

import (
	"math"
	"testing"

	"rung"
)

// spanOf is what an index says of sound of half a minute whose samples last 1+ppm/10^6 times as long as they ought to,
// stamped in a time base.
func spanOf(rate, frame int, ppm float64, timeBase rung.Rational) Span {
	var s Span
	length := float64(frame) / float64(rate) * (1 + ppm/1e6) / timeBase.Float()
	last := int64(0)
	s.Shortest, s.Longest = math.MaxInt64, 0
	for i := 0; float64(i)*length*timeBase.Float() < 30; i++ {
		pts := int64(math.Round(float64(i) * length))
		if i > 0 {
			s.Shortest, s.Longest = min(s.Shortest, pts-last), max(s.Longest, pts-last)
		}
		if last = pts; i%8 == 0 {
			s.Stamps = append(s.Stamps, pts)
		}
	}
	s.End = last
	return s
}

// TestFollowed: a container's sound is followed where it drifts; where time stamps are exact and it does not, it keeps
// them, and where frames do not follow each other there is nothing to go by.
func TestFollowed(t *testing.T) {
	exact, coarse := rung.R(1, 48000), rung.R(1, 1000)
	gap := spanOf(48000, 1024, 100, exact)
	gap.Longest += 4800
	for _, c := range []struct {
		name      string
		timeBase  rung.Rational
		frameSize int // of the track
		span      Span
		follow    bool
		counted   int // the track's frameSize then
	}{
		{"mp4", exact, 0, spanOf(48000, 1024, 0, exact), false, 0},
		{"mp4 that drifts", exact, 0, spanOf(48000, 1024, 100, exact), true, 1024},
		{"mp4 with a gap", exact, 0, gap, false, 0},
		{"matroska", coarse, 1024, spanOf(48000, 1024, 0, coarse), true, 1024},
		{"matroska that drifts", coarse, 1024, spanOf(48000, 1024, -100, coarse), true, 1024},
		{"stamps that fall", coarse, 1024, Span{Stamps: []int64{9, 5}, Shortest: 21, Longest: 22}, false, 1024},
		{"stamps without end", coarse, 1024, Span{Stamps: []int64{0, 1 << 60}, Shortest: 21, Longest: 22}, false, 1024},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := track{timeBase: c.timeBase, sampleRate: 48000, frameSize: c.frameSize}
			if got := a.followed(c.span, 1024) != nil; got != c.follow || a.frameSize != c.counted {
				t.Errorf("followed is %v with frames of %d, want %v with %d", got, a.frameSize, c.follow, c.counted)
			}
		})
	}
}

// TestFollowedMilliseconds: rounding to milliseconds alone, of a few stamps a second, is no drift.
func TestFollowedMilliseconds(t *testing.T) {
	for _, rate := range []int{32000, 44100, 48000} {
		for _, frame := range []int{576, 1024, 1152, 1536, 2048} {
			a := track{timeBase: rung.R(1, 1000), sampleRate: rate, frameSize: frame}
			if s := spanOf(rate, frame, 0, a.timeBase); a.drifts(s.Stamps) {
				t.Errorf("frames of %d at %d Hz drift", frame, rate)
			}
		}
	}
}

// TestPlanIndexedDrift: the tasks of a film whose sound drifts say so, in whole frames, and those of one without do not.
func TestPlanIndexedDrift(t *testing.T) {
	for _, ppm := range []float64{0, 100} {
		f := newFakes()
		f.media = rung.MediaInfo{Format: "mov",
			Video: []rung.VideoInfo{{Codec: "h264", Width: 640, Height: 360, FrameRate: fps25, TimeBase: rung.R(1, 12800)}},
			Audio: []rung.AudioInfo{{Index: 1, Codec: "aac", SampleRate: 48000, Channels: 2, FrameSize: 1024, TimeBase: rung.R(1, 48000)}}}
		for i := range int64(750) {
			f.index.Video = append(f.index.Video, IndexedPicture{PTS: i * 512, DTS: i * 512, Key: i%50 == 0})
		}
		f.index.Audio = []Span{spanOf(48000, 1024, ppm, rung.R(1, 48000))}
		tasks, _, err := f.planner(objectOf([]byte("a film"))).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.mp4", Session: "s1", Created: begin})
		if err != nil {
			t.Fatal(err)
		}
		last := tasks[len(tasks)-1]
		a, at := last.Parts[0].Audio[0], last.Interval.AudioFirst*rung.AudioFrame
		got, want := float64(a.Drift.At(at))/rung.DriftUnit, -float64(at)*ppm/1e6
		if math.Abs(got-want) > 5 || (ppm != 0) != (a.FrameSize == 1024) {
			t.Errorf("%.0f ppm: the last task has a drift of %.1f samples at sample %d and frames of %d, want %.1f", ppm, got, at, a.FrameSize, want)
		}
	}
}
