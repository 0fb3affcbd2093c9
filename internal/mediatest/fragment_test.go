package mediatest

import (
	"os"
	"path/filepath"
	"testing"
)

// clip is a presentation of other tests: 25 pictures a second in segments of 2 s.
const clip = "../../api/testdata/clip/s1"

func TestReadFragment(t *testing.T) {
	for _, c := range []struct {
		name  string
		scale int64
		want  fragment
	}{
		{"180p/00001.m4s", 12800, fragment{sequence: 2, begin: 25600, shown: 26624, duration: 25600, samples: 50, sync: true}},
		{"audio/00001.m4s", 48000, fragment{sequence: 2, begin: 96256, shown: 96256, duration: 96256, samples: 94, sync: true}},
	} {
		segment, err := os.ReadFile(filepath.Join(clip, c.name))
		if err != nil {
			t.Fatal(err)
		}
		init, err := filepath.Glob(filepath.Join(clip, filepath.Dir(c.name), "init-*.mp4"))
		if err != nil || len(init) != 1 {
			t.Fatalf("%q, %v", init, err)
		}
		head, err := os.ReadFile(init[0])
		if err != nil {
			t.Fatal(err)
		}
		scale, err := timeScale(head)
		if err != nil || scale != c.scale {
			t.Errorf("%s: time scale %d, %v, want %d", c.name, scale, err, c.scale)
		}
		got, err := readFragment(segment)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

// Whatever bytes come, reading them ends, with an error where they are no segment.
func FuzzReadFragment(f *testing.F) {
	for _, name := range []string{"180p/00001.m4s", "audio/00003.m4s"} {
		segment, err := os.ReadFile(filepath.Join(clip, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(segment[:min(len(segment), 2000)])
	}
	f.Add([]byte("\x00\x00\x00\x08moof"))
	f.Fuzz(func(t *testing.T, segment []byte) {
		got, err := readFragment(segment)
		if err == nil && (got.samples < 0 || got.samples > maxSamples) {
			t.Errorf("%d samples", got.samples)
		}
	})
}
