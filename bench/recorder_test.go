package bench

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rung"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// playlistOf is a media playlist as the packager writes it; numbers below zero are gaps.
func playlistOf(session, rendition string, numbers ...int) []byte {
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	fmt.Fprintf(&b, "#EXT-X-MAP:URI=\"%s/%s/init-0123.mp4\"\n", session, rendition)
	for _, n := range numbers {
		if n < 0 {
			n = -n
			b.WriteString("#EXT-X-GAP\n")
		}
		fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:00:00.000Z\n#EXTINF:3.84,\n%s/%s/%05d.m4s\n", session, rendition, n)
	}
	return []byte(b.String())
}

// raise tells the recorder of a segment with two renditions and sound.
func raise(r *Recorder, number int64, arrived time.Time) {
	r.Raised(rung.Task{ID: rung.SegmentID{Kind: rung.Live, Owner: "news", Session: "s1", Number: number}, Interval: rung.Interval{Frames: 96},
		Ladder:  rung.Ladder{Profile: "hd", Grid: rung.Grid{Rate: rung.R(25, 1), SegmentFrames: 96}, Video: make([]rung.VideoRendition, 2), Audio: make([]rung.AudioRendition, 1)},
		Arrived: arrived, Deadline: arrived.Add(12 * time.Second)})
}

func TestASegmentIsListedOnceAllRenditionsHaveIt(t *testing.T) {
	r := NewRecorder()
	raise(r, 1, noon)
	raise(r, 2, noon.Add(4*time.Second))
	r.Stored("live/news/master.m3u8", []byte("#EXTM3U\n720p.m3u8\n"), noon)
	r.Stored("live/news/s1/720p/00001.m4s", nil, noon)
	for i, rendition := range []string{"720p", "360p"} {
		r.Stored("live/news/"+rendition+".m3u8", playlistOf("s1", rendition, 1), noon.Add(time.Duration(i+1)*time.Second))
	}
	if n := r.Listed("news"); n != 0 {
		t.Errorf("%d segments are listed without their sound", n)
	}
	r.Stored("live/news/audio.m3u8", playlistOf("s1", "audio", 1), noon.Add(3*time.Second))
	r.Stored("live/news/audio.m3u8", playlistOf("s1", "audio", 1, 2), noon.Add(5*time.Second)) // the first is old news
	all := r.between(noon, noon.Add(time.Minute))
	if len(all) != 2 || r.Listed("news") != 1 {
		t.Fatalf("%d segments, %d listed", len(all), r.Listed("news"))
	}
	for _, s := range all {
		if s.arrived.Equal(noon) && s.listed.Sub(noon) != 3*time.Second {
			t.Errorf("segment 1 was listed after %v, not 3 s", s.listed.Sub(noon))
		}
		if s.length != 3840*time.Millisecond {
			t.Errorf("a segment of 96 frames lasts %v", s.length)
		}
	}
	if n := len(r.between(noon.Add(time.Second), noon.Add(4*time.Second))); n != 0 {
		t.Errorf("%d segments between the two", n)
	}
}

func TestAGapIsMissing(t *testing.T) {
	r := NewRecorder()
	raise(r, 1, noon)
	for _, rendition := range []string{"720p", "360p", "audio"} {
		n := 1
		if rendition == "360p" {
			n = -1
		}
		r.Stored("live/news/"+rendition+".m3u8", playlistOf("s1", rendition, n), noon.Add(time.Second))
	}
	o := judge(segmentTimes(r.between(noon, noon.Add(time.Minute))))
	if o.missing != 1 || o.segments != 1 {
		t.Errorf("%+v", o)
	}
}

// Playlists of another form are no harm.
func TestStrangePlaylists(t *testing.T) {
	r := NewRecorder()
	for _, text := range []string{"", "\n\n", "#EXTM3U\nhttp://elsewhere/a.ts\n", "a/b/c\n", "s1/720p/x.m4s\n", "#EXT-X-GAP"} {
		r.Stored("live/news/720p.m3u8", []byte(text), noon)
	}
	if len(r.segments) != 0 {
		t.Errorf("segments of nothing: %v", r.segments)
	}
}
