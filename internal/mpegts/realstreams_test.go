package mpegts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestRealStreams describes the transport streams of the folder that RUNG_STREAMS names: a look by hand, with -v.
func TestRealStreams(t *testing.T) {
	dir := os.Getenv("RUNG_STREAMS")
	if dir == "" {
		t.Skip("RUNG_STREAMS names no folder of transport streams")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.ts"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		a, r := analyse(AnalyserOptions{}, b)
		t.Logf("%s: %d tables, %d pictures with %d frames, %d random access, %d sounds, breaks %+v, crc %d", filepath.Base(f),
			len(r.tables), len(r.pictures), r.frames(), r.randomAccess(), len(r.sounds), r.breaks, a.CRCErrors())
		for _, x := range []any{a.MediaHints(), a.Figures(), r.tables[0].Audio} {
			j, _ := json.Marshal(x)
			t.Logf("%s", j)
		}
		t.Logf("%+v", r.pictures[:3])
		n := 0
		for _, s := range r.sounds {
			n += s.Frames
		}
		t.Logf("audio frames %d, %+v", n, r.sounds[:min(2, len(r.sounds))])
	}
}
