package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rung/bench"
)

// smallProfile is a ladder of two small renditions.
const smallProfile = `name: small
segment: 2s
gop: 1s
video:
  - {size: 320x180, preset: veryfast, crf: 24, max_rate: 800k, buffer: 800k}
  - {size: 160x90, preset: veryfast, crf: 24, max_rate: 300k, buffer: 300k}
audio:
  - {bit_rate: 64k}
`

// benchRun runs a bench command that must do well, and gives the report it wrote.
func benchRun(t *testing.T, kind bench.Kind, out string, args ...string) (r *bench.Report, text string) {
	t.Helper()
	code, text, stderr := rungRun(t, append([]string{"bench", string(kind), "--out", out}, args...)...)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	r, err := bench.ReadReport(filepath.Join(out, string(kind)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(out, string(kind)+".html"))
	if err != nil || !strings.Contains(string(page), "<h1>") || strings.Contains(string(page), "http://") || strings.Contains(string(page), "https://") {
		t.Errorf("the page of %d bytes is none, or refers to something outside (%v)", len(page), err)
	}
	return r, text
}

// Presets and CRFs are measured on a file by the engine itself; two runs give the same rates and qualities to the last bit.
func TestBenchQuality(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	profile := filepath.Join(dir, "small.yaml")
	if err := os.WriteFile(profile, []byte(smallProfile), 0o644); err != nil {
		t.Fatal(err)
	}
	in := makeStream(t, "test:?size=320x180&rate=25&gop=25&frames=110", filepath.Join(dir, "in.ts"))
	args := []string{"--input", in, "--engine", needEngine(t), "--profile", profile, "--presets", "ultrafast,veryfast", "--crf", "20,24,28,32", "--duration", "4s"}
	r, text := benchRun(t, bench.KindQuality, filepath.Join(dir, "a"), args...)
	q := r.Quality
	if q == nil || len(q.Curves) != 4 || q.Segments != 2 || len(q.Deltas) != 3 || len(r.Inputs) != 1 || r.Machine.Cores == 0 {
		t.Fatalf("the report is %+v", r)
	}
	for _, c := range q.Curves {
		for i, p := range c.Points {
			if p.Quality.Pictures != 100 || p.Quality.XPSNR.All < 20 || p.Quality.XPSNR.All > 60 || p.EncodeCPUUS <= 0 || p.BitRate <= 0 {
				t.Errorf("%s %s: %+v", c.Variant, c.Rendition, p)
			}
			if i > 1 && (p.Quality.PSNR.Y >= c.Points[i-1].Quality.PSNR.Y || p.BitRate >= c.Points[i-1].BitRate) {
				t.Errorf("%s %s: CRF %v is not below the one before in rate and quality", c.Variant, c.Rendition, p.CRF)
			}
		}
	}
	if d := q.Deltas[2]; d.Rendition != "all" || d.XPSNR.Unknown != "" || d.XPSNR.Percent > -5 {
		t.Errorf("veryfast against ultrafast: %+v, want a good deal less rate", d)
	}
	if !strings.Contains(text, "less rate than small/ultrafast for the same XPSNR") {
		t.Errorf("the text is\n%s", text)
	}

	benchRun(t, bench.KindQuality, filepath.Join(dir, "b"), args...)
	c, _ := benchRun(t, bench.KindCompare, filepath.Join(dir, "c"), filepath.Join(dir, "a", "quality.json"), filepath.Join(dir, "b", "quality.json"))
	for _, f := range c.Compare.Figures {
		if f.Exact && f.Verdict != bench.VerdictSame {
			t.Errorf("a second run has another %+v", f)
		}
	}
	if len(c.Compare.Figures) != 60 || len(c.Compare.Differing) != 0 {
		t.Errorf("%d figures, differing %v; want 3 for each of 20 points", len(c.Compare.Figures), c.Compare.Differing)
	}
}
