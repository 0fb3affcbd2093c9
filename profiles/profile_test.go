package profiles

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rung"
)

func rate(t *testing.T, s string) rung.Rational {
	t.Helper()
	r, err := rung.ParseRational(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBuiltinGrids(t *testing.T) {
	for _, c := range []struct {
		rate         string
		frames, gop  int64
		microseconds int64
	}{
		{"23.976", 96, 48, 4_004_000}, {"24", 96, 48, 4_000_000}, {"25", 96, 48, 3_840_000}, {"29.97", 120, 60, 4_004_000},
		{"30", 120, 60, 4_000_000}, {"50", 192, 96, 3_840_000}, {"59.94", 240, 120, 4_004_000}, {"60", 240, 120, 4_000_000},
	} {
		l, err := Find("hd5").Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rate(t, c.rate)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if l.Grid.SegmentFrames != c.frames || l.Video[0].GOP != c.gop || l.Grid.Micros(l.Grid.SegmentFrames) != c.microseconds {
			t.Errorf("%s/s: %d frames, gop %d, %d us; want %d, %d, %d", c.rate, l.Grid.SegmentFrames, l.Video[0].GOP,
				l.Grid.Micros(l.Grid.SegmentFrames), c.frames, c.gop, c.microseconds)
		}
	}
}

// At 25 and 50 frames a second every segment has exactly 180 audio frames.
func TestAudioMeetsVideoAt25(t *testing.T) {
	l, err := Find("hd5").Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rate(t, "25")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range int64(1000) {
		if i := l.Grid.Segment(n); i.AudioFrames != 180 || i.AudioFirst != 180*n {
			t.Fatalf("segment %d has audio frames %d+%d", n, i.AudioFirst, i.AudioFrames)
		}
	}
}

func sizes(l rung.Ladder) string {
	var s []string
	for _, v := range l.Video {
		s = append(s, fmt.Sprintf("%s=%dx%d", v.ID, v.Width, v.Height))
	}
	return strings.Join(s, " ")
}

func TestResolveSizes(t *testing.T) {
	for _, c := range []struct {
		name    string
		profile string
		video   rung.VideoInfo
		want    string
	}{
		{"full HD", "hd5", rung.VideoInfo{Width: 1920, Height: 1080}, "1080p=1920x1080 720p=1280x720 540p=960x540 360p=640x360 234p=416x234"},
		{"UHD", "hd5", rung.VideoInfo{Width: 3840, Height: 2160}, "1080p=1920x1080 720p=1280x720 540p=960x540 360p=640x360 234p=416x234"},
		{"720p", "hd5", rung.VideoInfo{Width: 1280, Height: 720}, "720p=1280x720 540p=960x540 360p=640x360 234p=416x234"},
		{"anamorphic HD", "hd5", rung.VideoInfo{Width: 1440, Height: 1080, SAR: rung.R(4, 3)}, "1080p=1920x1080 720p=1280x720 540p=960x540 360p=640x360 234p=416x234"},
		{"PAL 4:3", "hd5", rung.VideoInfo{Width: 720, Height: 576, SAR: rung.R(16, 15)}, "720p=768x576 540p=720x540 360p=480x360 234p=312x234"},
		{"PAL 16:9", "sd3", rung.VideoInfo{Width: 720, Height: 576, SAR: rung.R(64, 45)}, "540p=960x540 360p=640x360 234p=416x234"},
		{"NTSC 4:3", "sd3", rung.VideoInfo{Width: 720, Height: 480, SAR: rung.R(8, 9)}, "540p=640x480 360p=480x360 234p=312x234"},
		{"tiny", "hd5", rung.VideoInfo{Width: 320, Height: 180}, "234p=320x180"},
		{"portrait", "hd3", rung.VideoInfo{Width: 1080, Height: 1920}, "720p=406x720 540p=304x540 360p=202x360"},
		{"cinema", "hd3", rung.VideoInfo{Width: 2048, Height: 858}, "720p=1280x536 540p=960x402 360p=640x268"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.video.FrameRate = rung.R(25, 1)
			l, err := Find(c.profile).Resolve(&c.video, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := sizes(l); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Whatever the source: at least one rendition, none larger than the source, all even, widest first, no two the same
// size and cap, and one of the source's size wherever the ladder reaches it.
func TestResolveNeverScalesUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(Builtin()).Draw(t, "profile")
		v := rung.VideoInfo{Width: 2 * rapid.IntRange(16, 2048).Draw(t, "w"), Height: 2 * rapid.IntRange(16, 2048).Draw(t, "h"),
			SAR: rung.R(int64(rapid.IntRange(1, 4).Draw(t, "sarn")), int64(rapid.IntRange(1, 4).Draw(t, "sard"))), FrameRate: rung.R(25, 1)}
		l, err := p.Resolve(&v, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := displaySize(v)
		for i, r := range l.Video {
			if r.Width > d.Width || r.Height > d.Height || r.Width < 2 || r.Height < 2 || r.Width%2+r.Height%2 != 0 {
				t.Fatalf("source %v: rendition %s is %dx%d", d, r.ID, r.Width, r.Height)
			}
			if i > 0 && r.Width*r.Height > l.Video[i-1].Width*l.Video[i-1].Height {
				t.Fatalf("source %v: not the largest first: %s", d, sizes(l))
			}
		}
		if len(l.Video) == 0 {
			t.Fatalf("source %v: no rendition", d)
		}
		largest := p.fittingAll()[0].Size
		if exceeds(largest, d) && (l.Video[0].Width != d.Width || l.Video[0].Height != d.Height) {
			t.Fatalf("source %v: none of its size in %s", d, sizes(l))
		}
	})
}

// fittingAll is the ladder for a source without bounds.
func (p *Profile) fittingAll() []Rendition { return p.fitting(Size{1 << 20, 1 << 20}) }

func TestResolveAudio(t *testing.T) {
	p := Find("hd5")
	l, err := p.Resolve(nil, []rung.AudioInfo{{Language: "fra"}, {Language: "fra"}, {Language: "deu"}, {}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range l.Audio {
		got = append(got, fmt.Sprintf("%s/%s/%d", a.ID, a.Name, a.Track))
	}
	want := "audio-fra/fra Stereo/0 audio-fra-2/fra Stereo 2/1 audio-deu/deu Stereo/2 audio/Stereo/3"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if _, err := p.Resolve(nil, nil); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("a source with nothing: %v", err)
	}
}

// A rendition that asks for a look-ahead of its own has one in its ladder; the default shares.
func TestOwnLookahead(t *testing.T) {
	p, err := Load("mine", []byte(`name: mine
segment: 4s
gop: 2s
video:
  - {size: 1280x720, crf: 23, lookahead: own}
  - {size: 960x540, crf: 23, lookahead: shared}
  - {size: 640x360, crf: 23}
`))
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.Resolve(&rung.VideoInfo{Width: 1280, Height: 720, FrameRate: rung.R(25, 1)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false} {
		if got := l.Video[i].OwnLookahead; got != want {
			t.Errorf("%s: a look-ahead of its own: %t, want %t", l.Video[i].ID, got, want)
		}
	}
}

func TestDeinterlaceField(t *testing.T) {
	p := *Find("hd3")
	p.Deinterlace = DeinterlaceField
	l, _ := p.Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rung.R(25, 1), Interlaced: true}, nil)
	if l.Grid.Rate != rung.R(50, 1) || l.Grid.SegmentFrames != 192 || l.Deinterlace != DeinterlaceField {
		t.Errorf("interlaced 25: %+v, %q", l.Grid, l.Deinterlace)
	}
	l, _ = p.Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}, nil)
	if l.Grid.Rate != rung.R(25, 1) || l.Deinterlace != DeinterlaceFrame {
		t.Errorf("progressive 25: %+v, %q", l.Grid, l.Deinterlace)
	}
}

// Film that is flagged to be pulled down is at the rate of its display, or at its own where the profile restores it.
func TestPulldown(t *testing.T) {
	film := rung.VideoInfo{Width: 720, Height: 480, FrameRate: rung.R(24000, 1001), Pulldown: true}
	p := *Find("sd3")
	l, _ := p.Resolve(&film, nil)
	if l.Grid.Rate != rung.R(30000, 1001) || l.Grid.SegmentFrames != 120 || l.Pulldown != PulldownKeep {
		t.Errorf("kept: %+v, %q", l.Grid, l.Pulldown)
	}
	p.Pulldown = PulldownRestore
	l, _ = p.Resolve(&film, nil)
	if l.Grid.Rate != rung.R(24000, 1001) || l.Grid.SegmentFrames != 96 || l.Pulldown != "" {
		t.Errorf("restored: %+v, %q", l.Grid, l.Pulldown)
	}
	film.Pulldown = false
	p.Pulldown = PulldownKeep
	if l, _ = p.Resolve(&film, nil); l.Grid.Rate != rung.R(24000, 1001) || l.Pulldown != "" {
		t.Errorf("no pulldown: %+v, %q", l.Grid, l.Pulldown)
	}
}

const good = `name: mine
segment: 4s
gop: 2s
video:
  - {size: 1280x720, crf: 23, max_rate: 3M, buffer: 4500k}
`

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", "gop: 2s", "gop: 2s\ncolour: blue", `[4:1] unknown field "colour"`},
		{"unknown key in a rendition", "crf: 23", "crf: 23, crv: 3", `[5:31] unknown field "crv"`},
		{"a text that is no YAML", "video:", "video: [", "profile \"x\":"},
		{"gop", "gop: 2s", "gop: 1.5s", `gop 1.5s does not divide the segment's 4s at 24000/1001/s`},
		{"gop of a rendition", "crf: 23", "crf: 23, gop: 1.6s", `rendition "720p": gop 38 does not divide the segment's 96 frames at 24000/1001/s`},
		{"codec", "crf: 23", "crf: 23, codec: h264_nvenc", `rendition "720p": codec "h264_nvenc" is not one of libsvtav1, libx264, libx265`},
		{"preset", "crf: 23", "crf: 23, preset: quick", `rendition "720p": preset "quick" is not one of ultrafast`},
		{"setting", "crf: 23", "crf: 23, params: {keyint: \"12\"}", `rendition "720p": libx264 has no setting "keyint" that a profile may choose`},
		{"smuggled setting", "crf: 23", "crf: 23, params: {ref: \"1:keyint=3\"}", `setting ref: "1:keyint=3" may not contain`},
		{"odd size", "1280x720", "1281x720", `size 1281x720 is not even numbers`},
		{"level", "crf: 23", "crf: 23, level: \"9\"", `rendition "720p": level "9" is not one of 1, 1b, 1.1`},
		{"neither size nor name", "size: 1280x720, ", "", `rendition "number 1": it has no size`},
		{"a size that is none", "1280x720", "big", `"big" is not a size such as 1280x720`},
		{"rate", "3M", "fast", `"fast" is not a bit rate such as 5350k`},
		{"two modes", "crf: 23", "crf: 23, bit_rate: 2M", `crf 23 and bit_rate 2000k: exactly one is to be set`},
		{"look-ahead", "crf: 23", "crf: 23, lookahead: none", `lookahead "none" is neither shared nor own`},
		{"half a cap", ", buffer: 4500k", "", `max_rate 3000k and buffer 0 go together`},
		{"name", "crf: 23", "crf: 23, name: Größe", `rendition "Größe"`},
		{"same names", "video:", "video:\n  - {size: 640x720, crf: 30}", `two renditions are named "720p"`},
		{"id", "name: mine", "name: My Profile", `profile id "My Profile" is not valid`},
		{"nothing", "video:\n  - {size: 1280x720, crf: 23, max_rate: 3M, buffer: 4500k}\n", "", `has neither video nor audio`},
		{"pulldown", "gop: 2s", "gop: 2s\npulldown: undo", `pulldown "undo" is not one of keep, restore`},
		{"segment", "segment: 4s", "segment: 40s", `segment 40s at 24000/1001/s is outside 1s to 20s`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load("x", []byte(strings.Replace(good, c.old, c.new, 1)))
			if rung.CodeOf(err) != rung.CodeInvalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLoadDefaultsAndRoundTrip(t *testing.T) {
	p, err := Load("x", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	r := p.Video[0]
	if r.Name != "720p" || r.Codec != "libx264" || r.Preset != "veryfast" || r.Profile != "high" || r.MaxRate != 3_000_000 || p.Segment.Other != 4*time.Second {
		t.Errorf("defaults: %+v", r)
	}
	for _, b := range append(Builtin(), p) {
		text, err := b.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Load("x", text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", b.Name, err, text)
		}
		if fmt.Sprint(again) != fmt.Sprint(b) {
			t.Errorf("%s changed:\n%+v\n%+v", b.Name, again, b)
		}
	}
}

// Every refusal says what to do.
func TestLoadErrorsHaveHints(t *testing.T) {
	for _, text := range []string{"", " \n", "name: [", good + "colour: blue\n", strings.Replace(good, "crf: 23", "crf: 99", 1)} {
		_, err := Load("x", []byte(text))
		if e := rung.AsError(err); e.Code != rung.CodeInvalid || e.Hint == "" {
			t.Errorf("%q gives code %q, hint %q: %v", text, e.Code, e.Hint, err)
		}
	}
}
