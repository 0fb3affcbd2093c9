package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rung"
	"rung/bench"
)

// writeDensity writes the report of a node that carried channels of hd5, each of which took 0.4 cores.
func writeDensity(t *testing.T, path string, cores, channels int) string {
	t.Helper()
	r := bench.NewReport(bench.KindDensity, "v1", nil, bench.Machine{CPU: "EPYC", Cores: cores, Memory: 64 << 30})
	r.Inputs = []bench.Input{{Name: "a.ts", Bytes: 10_000_000, DurationUS: 10_000_000, Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}}
	trial := bench.Trial{Channels: channels, Sustained: true, DurationUS: 60_000_000, BusyCores: 0.4 * float64(channels), Memory: bench.MemoryFigures{Peak: 1 << 30, Engines: 1 << 29, Control: 1 << 29}}
	trial.Renditions = []bench.RenditionResult{{Profile: "hd5", ID: "1080p", Type: "video", Width: 1920, Height: 1080, FrameRate: rung.R(25, 1), MediaUS: 1e8, EncodeCPUUS: 2e7, BitRate: 3_000_000}}
	r.Density = &bench.Density{Load: bench.Load{Mix: []bench.Share{{Profile: "hd5", Parts: 1}}}, Channels: channels, Headroom: 0.2, Trials: []bench.Trial{trial},
		Spread: bench.Spread{Answers: []int{channels}, Low: channels, High: channels}}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBenchPlan(t *testing.T) {
	dir := t.TempDir()
	large, small := writeDensity(t, filepath.Join(dir, "large.json"), 25, 50), writeDensity(t, filepath.Join(dir, "small.json"), 5, 10)
	r, text := benchRun(t, bench.KindPlan, dir, "--channels", "hd5:110", "--report", large, "--report", small, "--price", "3285/month,1/h", "--spare", "0")
	best := r.Plan.Options[r.Plan.Best]
	if best.Total != 3 || len(best.Nodes) != 2 || math.Abs(best.PricePerHour-10) > 1e-9 {
		t.Errorf("the best option is %+v, want 2 large nodes at 4.5 and a small one at 1", best)
	}
	if !strings.Contains(text, "110 channels (110 of hd5) take 2 nodes like large.json and 1 node like small.json") {
		t.Errorf("the text is\n%s", text)
	}
}

func TestBenchPlanRefuses(t *testing.T) {
	dir := t.TempDir()
	report := writeDensity(t, filepath.Join(dir, "node.json"), 5, 10)
	old := filepath.Join(dir, "old.json")
	if err := os.WriteFile(old, []byte(`{"schema": "rung-bench/0", "kind": "density"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no number":         {[]string{"plan", "--channels", "hd5", "--report", report}, `"hd5" is not a profile and a number`},
		"no such profile":   {[]string{"plan", "--channels", "hd7:3", "--report", report}, `profile "hd7"`},
		"no such report":    {[]string{"plan", "--channels", "hd5:3", "--report", filepath.Join(dir, "none.json")}, "none.json"},
		"no price":          {[]string{"plan", "--channels", "hd5:3", "--report", report, "--price", "cheap"}, `"cheap" is not a price`},
		"too many prices":   {[]string{"plan", "--channels", "hd5:3", "--report", report, "--price", "1/h,2/h"}, "2 prices for 1 reports"},
		"an old schema":     {[]string{"plan", "--channels", "hd5:3", "--report", old}, `its schema is "rung-bench/0", not "rung-bench/1"`},
		"an old comparison": {[]string{"compare", old, report}, `its schema is "rung-bench/0", not "rung-bench/1"`},
	} {
		code, _, stderr := rungRun(t, append([]string{"bench"}, c.args...)...)
		if code != exitFailed || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, "hint: ") {
			t.Errorf("%s: exit %d: %s, want %q and a hint", name, code, stderr, c.want)
		}
	}
}

func TestBenchCompare(t *testing.T) {
	dir := t.TempDir()
	var before, after []string
	for i, n := range []int{8, 9, 9} {
		before = append(before, writeDensity(t, filepath.Join(dir, "before"+string(rune('1'+i))+".json"), 5, n))
		after = append(after, writeDensity(t, filepath.Join(dir, "after"+string(rune('1'+i))+".json"), 5, n+2))
	}
	r, text := benchRun(t, bench.KindCompare, dir, strings.Join(before, ","), strings.Join(after, ","))
	if f := r.Compare.Figures[0]; f.Name != "channels carried" || f.Verdict != bench.VerdictBetter || f.Before.Median != 9 || f.After.Median != 11 {
		t.Errorf("%+v, want more channels", f)
	}
	if !strings.Contains(text, "before1.json, ") || !strings.Contains(text, "1 figure better, 0 worse") {
		t.Errorf("the text is\n%s", text)
	}
}
