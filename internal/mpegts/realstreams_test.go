package mpegts

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRealStreams holds the analyser against the transport streams of the folder that RUNG_STREAMS names, and says with
// -v what it found in them, to be compared with ffprobe -show_packets.
func TestRealStreams(t *testing.T) {
	dir := os.Getenv("RUNG_STREAMS")
	if dir == "" {
		t.Skip("RUNG_STREAMS names no folder of transport streams")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.ts"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no .ts files in %s (%v)", dir, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) { describe(t, name) })
	}
}

// describe analyses one file as a planner does: once for the tables, then again from the beginning.
func describe(t *testing.T, name string) {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := analyse(AnalyserOptions{}, b)
	a.Rewind()
	r := &recorder{}
	a.Analyse(b, r)
	a.Flush(r)
	if len(r.tables) != 1 || len(r.pictures) == 0 || r.randomAccess() == 0 {
		t.Fatalf("%d tables, %d pictures, %d random access", len(r.tables), len(r.pictures), r.randomAccess())
	}
	for i := 1; i < len(r.pictures); i++ {
		before, p := r.pictures[i-1], r.pictures[i]
		if p.Position <= before.Position || len(r.breaks) == 0 && p.DTS <= before.DTS {
			t.Fatalf("picture %+v follows %+v", p, before)
		}
	}
	v := a.MediaHints().Video[0]
	if v.Width == 0 || v.FrameRate.IsZero() {
		t.Errorf("video %+v", v)
	}
	sound := 0
	for _, s := range r.sounds {
		sound += s.Frames
	}
	t.Logf("%s %dx%d at %s: %d pictures, %d frames, %d random access, %d audio frames, %d breaks, %d continuity errors, %d CRC errors",
		v.Codec, v.Width, v.Height, v.FrameRate, len(r.pictures), r.frames(), r.randomAccess(), sound, len(r.breaks),
		a.Figures().ContinuityErrors, a.CRCErrors())
}
