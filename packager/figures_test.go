package packager

import (
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

// figures are those of the document that the packager keeps for a presentation, by rendition.
func (s *system) figures(kind rung.TaskKind, owner string) map[string]RenditionFigures {
	s.t.Helper()
	synctest.Wait()
	data, _, err := s.state.Load(s.t.Context(), StateID(kind, owner))
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := Figures(data)
	if err != nil {
		s.t.Fatal(err)
	}
	by := map[string]RenditionFigures{}
	for _, f := range all {
		by[f.ID] = f
	}
	return by
}

func TestFiguresOfALivePresentation(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		e.run(0, 8)
		by := s.figures(rung.Live, "news")
		if len(by) != 3 {
			t.Fatalf("figures of %d renditions, not 3", len(by))
		}
		var samples []sample
		for n := int64(2); n < 8; n++ {
			samples = append(samples, sample{60_000 + 3_000*(n%5), segmentTime.Microseconds()})
		}
		want := RenditionFigures{
			ID: "720p", Type: video, Codecs: "avc1.64001f", Width: 1280, Height: 720, FrameRate: rung.R(25, 1),
			Bandwidth: peakRate(samples, 4), AverageBandwidth: meanRate(samples), Segments: 6,
			LastSegment: e.origin.Add(8 * segmentTime), Latency: time.Second,
		}
		got := by["720p"]
		if !got.LastSegment.Equal(want.LastSegment) {
			t.Errorf("720p: the last segment ends at %v, not %v", got.LastSegment, want.LastSegment)
		}
		if want.LastSegment = got.LastSegment; got != want {
			t.Errorf("720p\n  has %+v\n  not %+v", got, want)
		}
		// Sound has frames of its own, of 21 ms.
		snd := by["audio"]
		if snd.Type != audio || snd.Bandwidth == 0 || snd.LastSegment.Sub(want.LastSegment).Abs() > 22*time.Millisecond {
			t.Errorf("audio has %+v", snd)
		}
	})
}

func TestFiguresCountGaps(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 3)
		s.pass(time.Until(e.origin.Add(4*segmentTime + 2*time.Second)))
		e.raise(5)
		r := e.result(3)
		r.Tracks[0].Gap = true
		s.results.add(r)
		s.results.add(e.failed(4))
		by := s.figures(rung.Live, "news")
		for id, want := range map[string]struct {
			gaps int64
			end  time.Duration
		}{"720p": {2, 3 * segmentTime}, "360p": {1, 4 * segmentTime}} {
			f := by[id]
			if f.Segments != 5 || f.Gaps != want.gaps || !f.LastSegment.Equal(e.origin.Add(want.end)) {
				t.Errorf("%s: %d segments with %d gaps up to %v", id, f.Segments, f.Gaps, f.LastSegment.Sub(e.origin))
			}
			if f.Latency != 2*time.Second {
				t.Errorf("%s: latency is %v: a gap has none, and segment 3 was listed after 2s", id, f.Latency)
			}
		}
	})
}

func TestLatencyOutlastsThePackager(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 3)
		s.restart()
		s.pass(time.Minute)
		e.done(0, 1, 2) // once more
		if f := s.figures(rung.Live, "news")["720p"]; f.Latency != time.Second {
			t.Errorf("latency is %v, not 1s", f.Latency)
		}
	})
}

func TestFiguresOfAFilm(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(3, "")
		e.done(0, 1)
		s.results.add(e.last(2, 30))
		if j := s.job(); j.State != rung.JobDone {
			t.Fatalf("job is %s", j.State)
		}
		f := s.figures(rung.VOD, "film")["360p"]
		if f.Segments != 3 || f.Gaps != 0 || f.Bandwidth == 0 || f.AverageBandwidth == 0 || !f.LastSegment.IsZero() || f.Latency != 0 {
			t.Errorf("360p has %+v", f)
		}
	})
}

func TestFiguresOfNothing(t *testing.T) {
	empty, err := pack(&liveState{Format: liveFormat})
	if err != nil {
		t.Fatal(err)
	}
	if all, err := Figures(empty); err != nil || len(all) > 0 {
		t.Errorf("nothing listed gives %v, %v", all, err)
	}
	if _, err := Figures([]byte("not packed")); rung.CodeOf(err) != rung.CodeInternal {
		t.Errorf("a spoilt document gives %v", err)
	}
}
