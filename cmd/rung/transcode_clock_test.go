package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rung"
	"rung/internal/mediatest"
)

// Sound whose clock is off its pictures' stays in step with them by being resampled: at the end it is where it was at the
// beginning to a fifth of a millisecond, in one unbroken sine. With RUNG_CONFORMANCE set the film lasts ten minutes.
func TestTranscodeAudioClock(t *testing.T) {
	seconds := int64(40)
	if os.Getenv("RUNG_CONFORMANCE") != "" {
		seconds = 600
	}
	for _, c := range []struct {
		audio     string
		rate, ppm int
	}{{"aac", 48000, 100}, {"mp2", 44100, -100}} {
		t.Run(fmt.Sprintf("%s %d Hz %d ppm", c.audio, c.rate, c.ppm), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			in := makeStream(t, fmt.Sprintf("test:?size=416x234&rate=25&bit_rate=300000&gop=250&frames=%d&audio=%s&audio_rate=%d&audio_drift_ppm=%d",
				seconds*25, c.audio, c.rate, c.ppm), filepath.Join(dir, "in.ts"))
			out := filepath.Join(dir, "out")
			if code, _, stderr := rungRun(t, "transcode", in, "--profile", "sd3", "--out", out, "--engine", needEngine(t)); code != 0 {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			master, film := filepath.Join(out, "master.m3u8"), mediatest.Size{Width: 416, Height: 234}
			v, err := mediatest.Check(t.Context(), master, mediatest.Options{Source: film}, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Faults) > 0 || v.First != 0 || v.Last != seconds*25-1 {
				t.Errorf("%v: %s", v, strings.Join(v.Faults, "; "))
			}
			// What an Examine finds beside the sine supposes one that is in phase throughout, also while a drift is found out.
			r, err := mediatest.Examine(t.Context(), master, mediatest.Expectation{
				Source: film, Rate: rung.R(25, 1), Frames: seconds * 25, Channels: 2, To: float64(seconds)}, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%v; %+.3f ms off at the beginning, %+.3f ms at the end", v, r.Sound.Sync*1000, r.Sound.Late*1000)
			if math.Abs(r.Sound.Sync) > 0.5e-3 || math.Abs(r.Sound.Late) > 0.5e-3 || math.Abs(r.Sound.Late-r.Sound.Sync) > 0.2e-3 {
				t.Errorf("sound is %+.3f ms off at the beginning and %+.3f ms at the end, want 0", r.Sound.Sync*1000, r.Sound.Late*1000)
			}
		})
	}
}
