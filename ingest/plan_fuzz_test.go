package ingest

import (
	"encoding/json"
	"testing"
	"time"

	"rung"
)

// FuzzPlanIndexed plans any index that the engine, which has read a file of a stranger's, may give: it is planned within
// bounds or refused, in time that goes with its length.
func FuzzPlanIndexed(f *testing.F) {
	film := Index{Audio: []Span{{First: -1024, End: 480_000}}}
	for i := range int64(250) {
		film.Video = append(film.Video, IndexedPicture{PTS: i * 512, DTS: (i - 2) * 512, Key: i%25 == 0})
	}
	for _, ix := range []Index{film, {Audio: film.Audio}, {Video: film.Video[:3]}, {Video: []IndexedPicture{{Key: true}, {PTS: 1 << 61}}},
		{Audio: []Span{{First: -1 << 61, End: 1 << 61}}}, {Video: []IndexedPicture{{PTS: 5}, {PTS: -7, Key: true}}}, {}} {
		text, err := json.Marshal(ix)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, int64(12800), uint8(len(ix.Audio)))
	}
	f.Fuzz(func(t *testing.T, text []byte, scale int64, tracks uint8) {
		var ix Index
		if len(text) > 1<<16 || json.Unmarshal(text, &ix) != nil {
			return
		}
		media := rung.MediaInfo{Format: "mov"}
		if len(ix.Video) > 0 {
			media.Video = []rung.VideoInfo{{Codec: "h264", Width: 640, Height: 360, FrameRate: fps25, TimeBase: rung.R(1, min(max(1, scale), 1<<31))}}
		}
		if tracks > 0 {
			media.Audio = []rung.AudioInfo{{Index: 1, Codec: "aac", SampleRate: 48000, Channels: 2, FrameSize: 1024, TimeBase: rung.R(1, 48000)}}
		}
		fakes := newFakes()
		fakes.media, fakes.index = media, ix
		tasks, _, err := fakes.planner(objectOf([]byte("a film"))).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.mp4", Session: "s1", Created: begin})
		if err != nil {
			if code := rung.CodeOf(err); code != rung.CodeBadInput && code != rung.CodeUnsupported && code != rung.CodeInvalid {
				t.Fatalf("code %q: %v", code, err)
			}
			return
		}
		for i, k := range tasks {
			if k.ID.Number != int64(i) || k.Last != (i == len(tasks)-1) || k.Interval.Frames < 1 {
				t.Fatalf("task %d of %d is %s", i, len(tasks), describe(rung.Task{ID: k.ID, Interval: k.Interval, Last: k.Last}))
			}
		}
		if most := int(maxFilm/time.Second) + 2; len(tasks) > most {
			t.Fatalf("%d tasks of %d pictures", len(tasks), len(ix.Video))
		}
	})
}

// One false time stamp does not make a film of a week.
func TestPlanRefusesEndlessIndex(t *testing.T) {
	for name, ix := range map[string]Index{
		"picture":        {Video: []IndexedPicture{{Key: true}, {PTS: int64(maxFilm/time.Second)*12800 + 1}}},
		"beyond reason":  {Video: []IndexedPicture{{Key: true}, {PTS: -1 << 63}}},
		"sound":          {Audio: []Span{{First: 0, End: 1 << 40}}},
		"sound's bounds": {Video: []IndexedPicture{{Key: true}}, Audio: []Span{{First: -1 << 63, End: 1 << 62}}},
	} {
		fakes := newFakes()
		fakes.index, fakes.media.Format = ix, "mov"
		fakes.media.Video[0].TimeBase, fakes.media.Audio[0].TimeBase = rung.R(1, 12800), rung.R(1, 48000)
		if len(ix.Video) == 0 {
			fakes.media.Video = nil
		}
		_, _, err := fakes.planner(objectOf([]byte("a film"))).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.mp4", Session: "s1", Created: begin})
		if rung.CodeOf(err) != rung.CodeBadInput {
			t.Errorf("%s: %v, want bad_input", name, err)
		}
	}
}
