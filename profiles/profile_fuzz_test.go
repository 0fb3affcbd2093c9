package profiles

import (
	"reflect"
	"strings"
	"testing"

	"rung"
)

// FuzzLoad reads any text as a profile. One that loads resolves for a source, says its rules hold, and comes through its own
// text unchanged. The corpus keeps a text at which the YAML reader panicked (sequence-of-nothing).
func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	for _, p := range Builtin() {
		f.Add(Source(p.Name))
	}
	// Longer texts like this one took minutes before their length was bounded.
	f.Add([]byte(strings.Repeat("{a: ", 100)))
	f.Add([]byte("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"))
	f.Add([]byte(strings.Replace(good, "segment: 4s", "segment: {25: 3.84s, 29.97: 4.004s, other: 4s}", 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 2<<10 {
			return // the reader's time grows with the square: the fuzzer would take a long text for a hang
		}
		p, err := Load("x", text)
		if err != nil {
			if e := rung.AsError(err); e.Code != rung.CodeInvalid || e.Hint == "" || len(e.Message) > 2*maxComplaint {
				t.Fatalf("code %q, hint %q: %v", e.Code, e.Hint, err)
			}
			return
		}
		if _, err := p.Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}, nil); err != nil && len(p.Video) > 0 {
			t.Errorf("a profile that loads does not resolve: %v", err)
		}
		written, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Load("x", written)
		if err != nil {
			t.Fatalf("its own text does not load: %v\n%s", err, written)
		}
		if !reflect.DeepEqual(again, p) {
			t.Fatalf("%+v\nbecame %+v by\n%s", p, again, written)
		}
	})
}

// FuzzResolve makes each built-in profile's ladder for any source. Every rendition can be encoded and its folder can be named.
func FuzzResolve(f *testing.F) {
	f.Add(1920, 1080, int64(1), int64(1), int64(25), int64(1), true, "eng", "fra")
	f.Add(720, 576, int64(64), int64(45), int64(25), int64(1), true, "eng", "eng")
	f.Add(1, 16384, int64(1)<<31, int64(1), int64(1), int64(1)<<31, false, "/..", "a\nb")
	f.Fuzz(func(t *testing.T, width, height int, sarNum, sarDen, num, den int64, interlaced bool, one, two string) {
		v := &rung.VideoInfo{Width: width, Height: height, SAR: rung.Rational{Num: sarNum, Den: sarDen}, FrameRate: rung.Rational{Num: num, Den: den}, Interlaced: interlaced}
		const most = 1 << 31 // what the engine's word is held to
		if width < 1 || height < 1 || width > 1<<14 || height > 1<<14 || min(sarNum, sarDen, num, den) < 0 || max(sarNum, sarDen, num, den) > most || num > 1000*den {
			return
		}
		for _, p := range Builtin() {
			ladder, err := p.Resolve(v, []rung.AudioInfo{{Language: one}, {Language: two}})
			if err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			checkLadder(t, p.Name, ladder)
		}
	})
}

// checkLadder holds a ladder to what workers and packagers take for granted.
func checkLadder(t *testing.T, profile string, l rung.Ladder) {
	t.Helper()
	if l.Grid.Rate.IsZero() || l.Grid.SegmentFrames < 1 {
		t.Fatalf("%s: grid %+v", profile, l.Grid)
	}
	ids := map[string]bool{}
	for _, v := range l.Video {
		if v.Width < 2 || v.Height < 2 || v.Width%2+v.Height%2 != 0 || v.Width > maxSide*2 || v.Height > maxSide*2 || v.GOP < 1 || l.Grid.SegmentFrames%v.GOP != 0 {
			t.Fatalf("%s: rendition %+v on grid %+v", profile, v, l.Grid)
		}
		ids[v.ID] = true
	}
	for _, a := range l.Audio {
		if strings.ContainsFunc(a.ID, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) || ids[a.ID] {
			t.Fatalf("%s: audio rendition %q", profile, a.ID)
		}
		ids[a.ID] = true
	}
}

// A text that is longer than any profile is refused before the YAML reader sees it.
func TestLoadRefusesLongTexts(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 1<<20), good + strings.Repeat("# ", maxText)} {
		_, err := Load("x", []byte(text))
		if e := rung.AsError(err); e.Code != rung.CodeInvalid || !strings.Contains(e.Message, "more than 16384") {
			t.Errorf("%.20q...: %v", text, err)
		}
	}
}
