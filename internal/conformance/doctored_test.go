package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rung/internal/mediatest"
	"rung/transcode/protocol"
)

// presentation is one of a file, in a folder.
type presentation struct{ dir string }

// segment is the path of a rendition's segment.
func (p presentation) segment(t *testing.T, rendition string, number int) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, "s*", rendition, fmt.Sprintf("%05d.m4s", number)))
	if err != nil || len(found) != 1 {
		t.Fatalf("segment %d of %s: %q, %v", number, rendition, found, err)
	}
	return found[0]
}

// take puts another presentation's segments from first on, up to before end, in place of a rendition's own.
func (p presentation) take(t *testing.T, other presentation, rendition string, first, end int) {
	t.Helper()
	for n := first; n < end; n++ {
		p.edit(t, p.segment(t, rendition, n), func([]byte) []byte { return read(t, other.segment(t, rendition, n)) })
	}
}

// edit changes a file.
func (p presentation) edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	after := change(read(t, path))
	if bytes.Equal(after, read(t, path)) {
		t.Fatalf("%s is as it was", path)
	}
	if err := os.WriteFile(path, after, 0o644); err != nil {
		t.Fatal(err)
	}
}

// playlist changes a rendition's playlist.
func (p presentation) playlist(t *testing.T, rendition, old, now string) {
	t.Helper()
	p.edit(t, filepath.Join(p.dir, rendition+".m3u8"), func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(now), 1) })
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A presentation that is not as it has to be is found out, whatever is wrong with it: what passes here has been looked at.
// The foreign segments are of the same pattern some pictures on, so that each is good in itself.
func TestDoctoredPresentationsAreFoundOut(t *testing.T) {
	const segments = 4
	s := stream{name: "doctored", source: "test:?size=320x180&rate=50&gop=50&bit_rate=500000&frames=384"}
	p := s.pattern(t)
	made := newSources(t)
	whole, next, third := film(t, made, s, p, 0), film(t, made, s, p, 1), film(t, made, s, p, 3)
	for _, c := range []struct {
		name   string
		doctor func(*testing.T, presentation)
		want   string // in the faults; empty: there are none
	}{
		{"as it is", func(*testing.T, presentation) {}, ""},
		{"picture dropped", func(t *testing.T, p presentation) { p.take(t, next, "144p", 2, segments) }, "256x144: picture 191 is followed by 193"},
		{"picture doubled", func(t *testing.T, p presentation) { p.take(t, next, "360p", 0, 2) }, "320x180: picture 192 is followed by 192"},
		{"sound 60 ms early", func(t *testing.T, p presentation) { p.take(t, third, "audio", 0, segments) }, "beside the pictures by -60.000 ms"},
		{"sound broken at a join", func(t *testing.T, p presentation) { p.take(t, third, "audio", 2, segments) }, "audio: the sine breaks at "},
		{"segment in another's place", func(t *testing.T, p presentation) {
			p.edit(t, p.segment(t, "144p", 2), func([]byte) []byte { return read(t, p.segment(t, "144p", 1)) })
		}, "256x144: segment 2 begins at"},
		{"segment not listed", func(t *testing.T, p presentation) {
			uri := strings.TrimPrefix(p.segment(t, "144p", 1), p.dir+"/")
			p.playlist(t, "144p", "#EXTINF:1.920000,\n"+uri+"\n", "")
		}, "256x144: segment 1 begins at"},
		{"EXTINF untrue", func(t *testing.T, p presentation) { p.playlist(t, "360p", "#EXTINF:1.920000", "#EXTINF:1.919000") }, "its EXTINF says 1.919000"},
		{"discontinuity", func(t *testing.T, p presentation) {
			p.playlist(t, "audio", "#EXTINF:1.920000,\n"+strings.TrimPrefix(p.segment(t, "audio", 2), p.dir+"/"), "#EXT-X-DISCONTINUITY\n#EXTINF:1.920000,\n"+strings.TrimPrefix(p.segment(t, "audio", 2), p.dir+"/"))
		}, "audio: a discontinuity before segment 2"},
		{"no end", func(t *testing.T, p presentation) { p.playlist(t, "audio", "#EXT-X-ENDLIST\n", "") }, "audio: its playlist ends: false"},
		{"bandwidth untrue", func(t *testing.T, p presentation) {
			p.edit(t, filepath.Join(p.dir, "master.m3u8"), func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(":BANDWIDTH="), []byte(":BANDWIDTH=9")) })
		}, "is over 1.1 times the peak"},
		{"damaged bytes", func(t *testing.T, p presentation) { p.edit(t, p.segment(t, "360p", 1), damage) }, "320x180: ff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doctored := presentation{filepath.Join(t.TempDir(), "out")}
			if err := os.CopyFS(doctored.dir, os.DirFS(whole.dir)); err != nil {
				t.Fatal(err)
			}
			c.doctor(t, doctored)
			want := s.expectation(p, vod)
			want.Break = -30 // AAC's own
			report, err := mediatest.Examine(t.Context(), filepath.Join(doctored.dir, "master.m3u8"), want, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			faults := strings.Join(report.Faults, "\n")
			if c.want == "" && faults != "" || !strings.Contains(faults, c.want) {
				t.Errorf("want %q; the faults are\n%s", c.want, faults)
			}
		})
	}
}

// film is the presentation of a pattern that begins with its picture first.
func film(t *testing.T, made *sources, s stream, p protocol.Pattern, first int64) presentation {
	t.Helper()
	p.FirstFrame = first
	return presentation{filepath.Dir(transcodeFile(t, s, made.of(t, p)))}
}

// damage changes 400 bytes of a segment's media.
func damage(b []byte) []byte {
	for i := len(b) / 2; i < len(b)/2+400; i++ {
		b[i] ^= 0x5a
	}
	return b
}
