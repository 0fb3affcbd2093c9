package transcode_test

import (
	"strings"
	"testing"

	"rung"
	"rung/transcode"
)

func TestParsePattern(t *testing.T) {
	p, err := transcode.ParsePattern("test:?size=1920x1080&rate=29.97&codec=mpeg2&interlaced=tff&audio=mp2&audio_rate=32000&channels=1&start=8589000000")
	if err != nil {
		t.Fatal(err)
	}
	if p.Width != 1920 || p.Height != 1080 || p.Rate != rung.R(30000, 1001) || p.Codec != "mpeg2video" || p.Interlaced != "tff" ||
		p.Audio != "mp2" || p.SampleRate != 32000 || p.Channels != 1 || p.Start != 8589000000 {
		t.Errorf("%+v", p)
	}
	if p, err := transcode.ParsePattern("test:"); err != nil || p.Width != 1280 || p.Rate != rung.R(25, 1) {
		t.Errorf("defaults: %+v, %v", p, err)
	}
	p, err = transcode.ParsePattern("test:?codec=mpeg2&rate=23.976&pulldown=soft&audio_delay=-96000&start=0")
	if err != nil || p.Pulldown != "soft" || p.AudioDelay != -96000 || p.Start != 1<<33 {
		t.Errorf("%+v, %v", p, err)
	}
	for in, want := range map[string]string{
		"test:?size=big":      `test source: size "big"`,
		"test:?colour=red":    `unknown setting "colour"`,
		"test:?rate=1000":     `rate "1000"`,
		"test:?interlaced=ja": `it is one of tff, bff`,
		"test:?pulldown=2:3":  `it is one of soft, hard`,
		"udp://x":             `is not a test source's URL`,
	} {
		if _, err := transcode.ParsePattern(in); rung.CodeOf(err) != rung.CodeInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}
