package packager

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not as it was (go test -update writes it anew):\n%s", file, got)
	}
	for _, removed := range []string{"ALLOW-CACHE", "PROGRAM-ID"} {
		if strings.Contains(string(got), removed) {
			t.Errorf("%s has %s, which protocol version 7 has not", file, removed)
		}
	}
}

func encoded(t *testing.T, p mediaPlaylist) []byte {
	t.Helper()
	text, err := p.encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func at(seconds float64) time.Time {
	return time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

func TestLivePlaylist(t *testing.T) {
	golden(t, "live.m3u8", encoded(t, mediaPlaylist{Target: 4, Sequence: 4711, Discontinuity: 3, Entries: []entry{
		{URI: "s1/720p/00041.m4s", Init: "s1/720p/init-a.mp4", DurationUS: 3_840_000, Time: at(0)},
		{URI: "s1/720p/00042.m4s", Init: "s1/720p/init-a.mp4", DurationUS: 3_840_000, Time: at(3.84)},
		{URI: "s2/720p/00000.m4s", Init: "s2/720p/init-b.mp4", DurationUS: 3_840_000, Time: at(10), Discontinuity: true},
		{URI: "s2/720p/00001.m4s", Init: "s2/720p/init-b.mp4", DurationUS: 3_840_000, Time: at(13.84)},
	}}))
}

func TestPlaylistWithGaps(t *testing.T) {
	golden(t, "gaps.m3u8", encoded(t, mediaPlaylist{Target: 4, Sequence: 9, Entries: []entry{
		{URI: "s1/720p/00009.m4s", DurationUS: 4_004_000, Time: at(0), Gap: true},
		{URI: "s1/720p/00010.m4s", Init: "s1/720p/init-a.mp4", DurationUS: 4_004_000, Time: at(4.004)},
		{URI: "s1/720p/00011.m4s", Init: "s1/720p/init-a.mp4", DurationUS: 4_004_000, Time: at(8.008), Gap: true},
		{URI: "s1/720p/100000.m4s", Init: "s1/720p/init-a.mp4", DurationUS: 4_004_000, Time: at(12.012)},
	}}))
}

func TestEndedPlaylist(t *testing.T) {
	golden(t, "ended.m3u8", encoded(t, mediaPlaylist{Target: 2, Sequence: 100, Ended: true, Entries: []entry{
		{URI: "s1/a/00100.m4s", Init: "s1/a/init-a.mp4", DurationUS: 1_920_000, Time: at(0)},
		{URI: "s1/a/00101.m4s", Init: "s1/a/init-a.mp4", DurationUS: 160_001, Time: at(1.92)},
	}}))
}

func TestVODPlaylist(t *testing.T) {
	golden(t, "vod.m3u8", encoded(t, mediaPlaylist{Target: 4, VOD: true, Ended: true, Entries: []entry{
		{URI: "v1/audio/00000.m4s", Init: "v1/audio/init-a.mp4", DurationUS: 3_989_333},
		{URI: "v1/audio/00001.m4s", Init: "v1/audio/init-a.mp4", DurationUS: 4_010_667},
		{URI: "v1/audio/00002.m4s", Init: "v1/audio/init-b.mp4", DurationUS: 21_333, Discontinuity: true},
	}}))
}

func TestEmptyPlaylist(t *testing.T) {
	golden(t, "empty.m3u8", encoded(t, mediaPlaylist{Target: 4}))
}

func TestMasterPlaylist(t *testing.T) {
	golden(t, "master.m3u8", masterPlaylist{
		Audio: []audioEntry{
			{Group: "audio", Name: "English", Language: "en", Default: true, Channels: 2, URI: "audio.m3u8"},
			{Group: "audio", Name: "Director's \"cut\"", Channels: 6, URI: "audio-2.m3u8"},
		},
		Variants: []variantEntry{
			{URI: "1080p.m3u8", Bandwidth: 6_500_001, Average: 4_200_000, Codecs: "avc1.640028,mp4a.40.2", Width: 1920, Height: 1080, FrameRate: 25, Audio: "audio"},
			{URI: "234p.m3u8", Bandwidth: 565_000, Average: 430_000, Codecs: "avc1.64000d,mp4a.40.2", Width: 416, Height: 234, FrameRate: 30000. / 1001, Audio: "audio"},
		},
	}.encode())
}

func TestMasterPlaylistOfSound(t *testing.T) {
	golden(t, "master-sound.m3u8", masterPlaylist{Variants: []variantEntry{
		{URI: "audio.m3u8", Bandwidth: 130_000, Average: 128_000, Codecs: "mp4a.40.2"},
	}}.encode())
}

func TestMasterPlaylistOfPictures(t *testing.T) {
	golden(t, "master-pictures.m3u8", masterPlaylist{Variants: []variantEntry{
		{URI: "720p.m3u8", Bandwidth: 5_000_000_000, Average: 3_000_000, Codecs: "hvc1.1.6.L93.90", Width: 1280, Height: 720, FrameRate: 24000. / 1001},
	}}.encode())
}

// TestEncodingIsStable guards against the order of Go maps, in which the library writes custom tags.
func TestEncodingIsStable(t *testing.T) {
	p := mediaPlaylist{Target: 4, Entries: []entry{{URI: "a.m4s", Init: "i.mp4", DurationUS: 1, Time: at(0), Gap: true, Discontinuity: true}}}
	first := encoded(t, p)
	for range 50 {
		if !bytes.Equal(encoded(t, p), first) {
			t.Fatal("two encodings of one playlist differ")
		}
	}
}

func TestLanguageTag(t *testing.T) {
	for code, want := range map[string]string{
		"eng": "en", "fre": "fr", "fra": "fr", "ger": "de", "deu": "de", "de": "de", "ENG": "en", "gre": "el", "may": "ms",
		"gsw": "gsw", "und": "", "mul": "", "qaa": "", "qad": "", "": "", "x1": "", "english": "", "\x00\x01\x02": "",
	} {
		if got := languageTag(code); got != want {
			t.Errorf("%q: %q, not %q", code, got, want)
		}
	}
}
