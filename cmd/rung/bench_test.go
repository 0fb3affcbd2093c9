package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rung"
	"rung/bench"
)

// tinyProfile is what any machine carries, however busy it is.
const tinyProfile = `name: tiny
segment: 1.92s
gop: 1.92s
video:
  - {size: 416x234, preset: ultrafast, crf: 30, max_rate: 300k, buffer: 400k}
  - {size: 208x118, preset: ultrafast, crf: 30, max_rate: 100k, buffer: 150k}
audio:
  - {codec: aac, bit_rate: 64k, channels: 2}
`

// runBench runs `rung bench ...` with the tiny profile and reads its report, which is also what it printed.
func runBench(t *testing.T, kind bench.Kind, args ...string) *bench.Report {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	profile := filepath.Join(dir, "tiny.yaml")
	if err := os.WriteFile(profile, []byte(tinyProfile), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	args = append([]string{"bench", string(kind), "--json", "--profile", profile, "--out", out, "--engine", needEngine(t)}, args...)
	code, stdout, stderr := rungRun(t, args...)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	r, err := bench.ReadReport(filepath.Join(out, string(kind)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var printed bench.Report
	if err := json.Unmarshal([]byte(stdout), &printed); err != nil || !printed.Created.Equal(r.Created) {
		t.Errorf("printed %.100q: %v", stdout, err)
	}
	page, err := os.ReadFile(filepath.Join(out, string(kind)+".html"))
	if err != nil || !strings.Contains(string(page), "<svg") {
		t.Errorf("the page has %d bytes: %v", len(page), err)
	}
	if r.Machine.Versions["x264"] == "" || r.Machine.Cores < 1 || r.Command[1] != "bench" || r.Kind != kind {
		t.Errorf("the report's head: %+v", r)
	}
	return r
}

// One live channel goes through the whole platform while it is measured. However slow the machine is, the report's
// figures agree with each other; how many were on time is the machine's affair.
func TestBenchDensity(t *testing.T) {
	ffmpeg := filepath.Join(os.Getenv("RUNG_FFMPEG_BIN"), "ffmpeg")
	r := runBench(t, bench.KindDensity, "--duration", "6s", "--max", "1", "--target", "0.01", "--against", "ffmpeg", "--ffmpeg", ffmpeg)
	d := r.Density
	trial := d.AnswerTrial()
	if trial == nil || trial.Channels != 1 || !trial.Sustained {
		t.Fatalf("no sustained run of one channel: %+v", d)
	}
	if trial.OnTime+trial.Late+trial.Missing != trial.Segments || trial.Latency.Count != trial.OnTime+trial.Late || d.Channels == 1 != trial.Held {
		t.Errorf("%d channels of %+v", d.Channels, trial)
	}
	if trial.Held && trial.Latency.P50US <= 0 {
		t.Errorf("segments were listed %d us after their last packet", trial.Latency.P50US)
	}
	checkBenchMix(t, r.Inputs)
	if d.Estimate.MediaUS != r.Inputs[0].Scenes[0].Frames*3*40_000 {
		t.Errorf("the estimate encoded %d us", d.Estimate.MediaUS)
	}
	if trial.Held {
		checkBenchCosts(t, trial)
	}
	checkBenchPeer(t, d, ffmpeg)
}

// checkBenchPeer looks at what FFmpeg did of the same.
func checkBenchPeer(t *testing.T, d *bench.Density, ffmpeg string) {
	t.Helper()
	p := d.Peer
	if p == nil || p.Program != ffmpeg || p.Version == "" || p.Command[0] != ffmpeg || !slices.Contains(p.Command, "-re") || len(p.Trials) == 0 {
		t.Fatalf("the peer: %+v", p)
	}
	trial := p.Trials[p.Answer]
	if trial.Channels != 1 || trial.Segments < 1 || trial.OnTime+trial.Late+trial.Missing != trial.Segments || trial.Memory.Engines <= 0 || trial.Memory.Control != 0 {
		t.Errorf("the peer's run: %+v", trial)
	}
	if p.Channels == 1 && (trial.BusyCores <= 0 || p.Ratio != float64(d.Channels)) {
		t.Errorf("FFmpeg carries 1, Rung %d, the ratio is %v; it took %v cores", d.Channels, p.Ratio, trial.BusyCores)
	}
}

// checkBenchMix holds the built-in mix to its grades: each scene is harder to encode than the one before.
func checkBenchMix(t *testing.T, inputs []bench.Input) {
	t.Helper()
	if len(inputs) != 3 {
		t.Fatalf("%d inputs, not one for each rotation of the scenes", len(inputs))
	}
	scenes := inputs[0].Scenes
	if len(scenes) != 3 || scenes[0].Grade != "easy" || scenes[2].Grade != "hard" {
		t.Fatalf("scenes: %+v", scenes)
	}
	for i := 1; i < len(scenes); i++ {
		if scenes[i].EncodedBitsPerPixel < 1.05*scenes[i-1].EncodedBitsPerPixel {
			t.Errorf("scene %s takes %.4f bits per pixel, %s %.4f", scenes[i].Grade, scenes[i].EncodedBitsPerPixel, scenes[i-1].Grade, scenes[i-1].EncodedBitsPerPixel)
		}
	}
	if in := inputs[0]; in.Width != 416 || in.Height != 234 || in.FrameRate != rung.R(25, 1) || in.Audio != 1 || in.BitsPerPixel <= 0 {
		t.Errorf("input: %+v", in)
	}
}

// checkBenchCosts looks for every stage of the work in a run's processor time, and for every rendition.
func checkBenchCosts(t *testing.T, trial *bench.Trial) {
	t.Helper()
	share := 0.0
	stages := map[string]int64{}
	for _, s := range trial.Stages {
		stages[s.Stage] = s.CPUUS
		share += s.Share
	}
	for _, want := range []string{"decode", "scale", "encode:234p", "encode:118p", "audio", "mux", "engine"} {
		if stages[want] <= 0 {
			t.Errorf("stage %s took %d us of %v", want, stages[want], stages)
		}
	}
	if share < 0.98 || share > 1.02 {
		t.Errorf("the stages are %.3f of all processor time", share)
	}
	if len(trial.Renditions) != 3 {
		t.Fatalf("%d renditions, not two pictures and a sound", len(trial.Renditions))
	}
	for _, r := range trial.Renditions {
		if r.Bytes <= 0 || r.BitRate <= 0 || r.PeakRate < r.BitRate || r.RealTimeFactor <= 0 || r.MediaUS <= 0 {
			t.Errorf("rendition %+v", r)
		}
	}
	if m := trial.Memory; m.Control <= 0 || m.Engines <= 0 || m.Peak != m.Control+m.Engines || m.PerChannel != m.Peak {
		t.Errorf("memory %+v", m)
	}
}

func TestBenchSpeed(t *testing.T) {
	s := runBench(t, bench.KindSpeed, "--slots", "1,2", "--threads", "1").Speed
	if len(s.Runs) != 2 || s.Runs[0].Slots != 1 || s.Runs[1].Slots != 2 || s.Best < 0 || s.Best > 1 {
		t.Fatalf("%+v", s)
	}
	for _, r := range s.Runs {
		if r.RealTimeFactor <= 0 || r.CPUUS <= 0 || r.Peak <= 0 || r.Threads != 1 {
			t.Errorf("%+v", r)
		}
	}
	if len(s.Config) == 0 || s.Config[len(s.Config)-1] != "slots: "+string(rune('0'+s.Runs[s.Best].Slots)) {
		t.Errorf("configuration %q", s.Config)
	}
}

func TestBenchMistakes(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"density", "--mix", "hd5"}, "--mix: \"hd5\" is not a profile and a number from 1 to 10000"},
		{[]string{"density", "--mix", "hd5:0"}, "--mix: \"hd5:0\""},
		{[]string{"density", "--mix", "hd5:1", "--profile", "sd3"}, "exclude each other"},
		{[]string{"density", "--profile", "sd3", "--channels", "4,2"}, "--channels 4, 2 are not rising numbers"},
		{[]string{"density", "--profile", "none-such"}, "none-such"},
		{[]string{"density", "--input", "/no/such/file.ts"}, "/no/such/file.ts"},
		{[]string{"density", "--against", "ffmpeg", "--ffmpeg", "/no/such/program"}, "/no/such/program"},
		{[]string{"speed", "--slots", "0"}, "is not from 1 to 1024"},
	} {
		t.Setenv("XDG_CACHE_HOME", t.TempDir())
		code, _, stderr := rungRun(t, append([]string{"bench"}, append(test.args, "--engine", needEngine(t), "--out", t.TempDir())...)...)
		if code == exitOK || !strings.Contains(stderr, test.want) || !strings.Contains(stderr, "hint:") {
			t.Errorf("%q: exit %d, %q", test.args, code, stderr)
		}
	}
}
