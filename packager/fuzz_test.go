package packager

import (
	"encoding/json"
	"testing"
	"time"

	"rung"
)

// FuzzMediaPlaylist writes playlists of any entries and reads them back with a reader of its own: what a player gets is
// what was to be said, line by line, whatever the names hold.
func FuzzMediaPlaylist(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0x14, 0xff, 8}, uint64(7), uint64(2), int64(4), "s1/720p/", true)
	f.Add([]byte{0, 0}, uint64(1)<<63, uint64(0), int64(0), "", false)
	f.Fuzz(func(t *testing.T, marks []byte, sequence, discontinuity uint64, target int64, folder string, ended bool) {
		if target < 0 || len(marks) > 2000 {
			return
		}
		p := mediaPlaylist{Target: target, Sequence: sequence, Discontinuity: discontinuity, Ended: ended}
		at := time.Unix(1_800_000_000, 0).UTC()
		for i, m := range marks {
			e := entry{URI: uriSafe(folder) + string(rune('a'+i%26)) + ".m4s", DurationUS: int64(m) * 20_000, Time: at, Discontinuity: m&1 != 0, Gap: m&2 != 0}
			if !e.Gap || m&4 != 0 {
				e.Init = uriSafe(folder) + "init-" + string(rune('a'+m>>4)) + ".mp4"
			}
			at = at.Add(time.Duration(m) * time.Millisecond)
			p.Entries = append(p.Entries, e)
		}
		text, err := p.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseMedia(string(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if back.sequence != sequence || back.discontinuity != discontinuity || back.target != target || back.ended != ended || len(back.entries) != len(p.Entries) {
			t.Fatalf("%+v reads as %+v\n%s", p, back, text)
		}
		init := ""
		for i, e := range back.entries {
			want := p.Entries[i]
			if want.Init == "" {
				want.Init = init // the one in force
			}
			init = want.Init
			if e.Time = e.Time.UTC(); e != want {
				t.Fatalf("entry %d is %+v, want %+v\n%s", i, e, want, text)
			}
		}
	})
}

// uriSafe leaves what ids may hold: nothing else ever gets into a playlist's URIs.
func uriSafe(s string) string {
	var b []byte
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '/' {
			b = append(b, c)
		}
	}
	return string(b)
}

// FuzzState reads any document as a packager's state. One that is taken can be worked with: shown, added to, trimmed, and
// kept again.
func FuzzState(f *testing.F) {
	grid := rung.Grid{Rate: rung.R(25, 1), SegmentFrames: 96}
	tracks := []track{{ID: "720p", Type: video, Init: "live/news/s1/720p/init-1.mp4", Codecs: "avc1.64001f", Width: 1280, Height: 720, FrameRate: grid.Rate}, {ID: "audio", Type: audio, Init: "live/news/s1/audio/init-2.mp4", Codecs: "mp4a.40.2"}}
	state := &liveState{Format: liveFormat, presentation: presentation{Root: "live/news"}, Declared: map[string]rates{}}
	state.enter("s1", 0)
	for n := range int64(8) {
		state.list(segment{Number: n, Interval: grid.Segment(n), TimeUS: n * 3_840_000, Bytes: []int64{1000, 100}}, "live/news/s1", grid, tracks)
	}
	state.slide(6, time.Unix(0, 0), time.Second)
	film := newVODState(&rung.Job{ID: "film", Session: "s1"})
	film.Periods, film.Listed, film.Count = state.Periods, state.Listed, 8
	for _, d := range []document{state, film} {
		text, err := json.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	// Documents like these made the packager fall over before they were checked.
	f.Add([]byte(`{"listed":[{"p":7,"n":1}]}`))
	f.Add([]byte(`{"periods":[{"id":7}],"listed":[{"p":7,"n":1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := &liveState{}
		if json.Unmarshal(text, s) == nil && s.check() == nil {
			useLive(t, s)
		}
		v := &vodState{}
		if json.Unmarshal(text, v) == nil && v.check() == nil {
			v.markDiscontinuities()
			show(t, &v.presentation)
			if v.complete() {
				_ = v.fault()
			}
		}
	})
}

// useLive does to a state what a packager does.
func useLive(t *testing.T, s *liveState) {
	t.Helper()
	c := s.clone()
	show(t, &c.presentation)
	before := c.renditions()
	sequence, discontinuities := c.Sequence, c.Discontinuities
	c.list(segment{Number: 5}, "live/news/s1", rung.Grid{Rate: rung.R(25, 1), SegmentFrames: 96}, before)
	c.slide(3, time.Unix(100, 0), time.Second)
	c.declare()
	c.retire(before)
	c.forget(c.due(time.Unix(200, 0)))
	c.prunePeriods()
	c.nextExpiry()
	if c.Sequence < sequence || c.Discontinuities < discontinuities {
		t.Fatalf("sequences fell from %d and %d to %d and %d", sequence, discontinuities, c.Sequence, c.Discontinuities)
	}
	if err := c.check(); err != nil {
		t.Fatalf("what was good is no more: %v", err)
	}
	data, err := pack(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := unpack(data, &liveState{}); err != nil {
		t.Fatalf("what was kept does not read: %v", err)
	}
}

// show writes a presentation's playlists.
func show(t *testing.T, p *presentation) {
	t.Helper()
	for _, track := range p.renditions() {
		if _, err := (mediaPlaylist{Target: p.Target, Entries: p.entries(track)}).encode(); err != nil {
			t.Fatal(err)
		}
	}
	p.master(p.measured()).encode()
}
