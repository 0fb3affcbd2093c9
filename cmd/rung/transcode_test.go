package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rung/internal/mediatest"
)

// A file comes out with every picture once, in order, unbroken sound and sync, in the widest and the narrowest rendition,
// though its segments were encoded by different children.
func TestTranscodeKeepsEveryPictureAndSample(t *testing.T) {
	for _, c := range []struct {
		name, url string
		size      mediatest.Size
		pictures  int64
		segment   string // EXTINF of a whole segment
	}{
		{"25 h264 open gop", "test:?size=640x360&rate=25&codec=h264&gop=48&open_gop=1&frames=250", mediatest.Size{Width: 640, Height: 360}, 250, "3.840000"},
		{"29.97 mpeg2 mp2", "test:?size=720x480&sar=32:27&rate=29.97&codec=mpeg2&gop=15&audio=mp2&frames=300", mediatest.Size{Width: 720, Height: 480}, 300, "4.004000"},
		{"wrap in mid-stream", "test:?size=640x360&rate=25&gop=60&frames=250&start=8589484592", mediatest.Size{Width: 640, Height: 360}, 250, "3.840000"},
		{"interlaced", "test:?size=720x576&sar=64:45&rate=25&codec=mpeg2&gop=12&interlaced=tff&audio=ac3&frames=200", mediatest.Size{Width: 720, Height: 576}, 200, "3.840000"},
		{"44.1 kHz mono", "test:?size=416x234&rate=24&gop=500&audio_rate=44100&audio=mp2&channels=2&frames=200", mediatest.Size{Width: 416, Height: 234}, 200, "4.000000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			in := makeStream(t, c.url, filepath.Join(dir, "in.ts"))
			out := filepath.Join(dir, "out")
			if code, _, stderr := rungRun(t, "transcode", in, "--profile", "sd3", "--out", out, "--engine", needEngine(t)); code != 0 {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			for _, variant := range []int{0, 99} {
				v, err := mediatest.Check(t.Context(), filepath.Join(out, "master.m3u8"), mediatest.Options{Variant: variant, Source: c.size}, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				t.Log(v)
				if len(v.Faults) > 0 || v.First != 0 || v.Last != c.pictures-1 {
					t.Errorf("variant %d: %v: %s", variant, v, strings.Join(v.Faults, "; "))
				}
			}
			playlist, err := os.ReadFile(filepath.Join(out, "234p.m3u8"))
			if err != nil || !strings.Contains(string(playlist), "#EXTINF:"+c.segment) || !strings.Contains(string(playlist), "#EXT-X-ENDLIST") {
				t.Errorf("no segment of %s s, or no end, in\n%s (%v)", c.segment, playlist, err)
			}
		})
	}
}

// What cannot be transcoded gives one clear sentence with a hint, a nonzero exit, and no presentation.
func TestTranscodeRefusesClearly(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.ts")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("this is no video ", 20000)), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.mp4")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	whole := makeStream(t, "test:?size=416x234&rate=25&frames=60", filepath.Join(dir, "whole.ts"))
	engine := needEngine(t)
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"garbage", []string{garbage, "--engine", engine}, exitFailed, "garbage.ts"},
		{"empty", []string{empty, "--engine", engine}, exitFailed, "empty.mp4"},
		{"no such file", []string{filepath.Join(dir, "none.mp4"), "--engine", engine}, exitFailed, "no such file"},
		{"no such profile", []string{whole, "--profile", "hd7", "--engine", engine}, exitFailed, `profile "hd7"`},
		{"no engine", []string{whole, "--engine", filepath.Join(dir, "none")}, exitFailed, "engine"},
		{"a folder that cannot be", []string{whole, "--engine", engine, "--out", filepath.Join(garbage, "x")}, exitFailed, "garbage.ts"},
		{"a flag that is none", []string{whole, "--speed", "9"}, exitUsage, "--speed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(dir, "out-"+strings.ReplaceAll(c.name, " ", "-"))
			args := append([]string{"transcode", "--log-level", "ERROR"}, c.args...)
			if !strings.Contains(strings.Join(args, " "), "--out") {
				args = append(args, "--out", out)
			}
			code, _, stderr := rungRun(t, args...)
			if code != c.code || !strings.Contains(stderr, c.want) || !strings.HasPrefix(stderr, "rung: ") || !strings.Contains(stderr, "hint: ") {
				t.Errorf("exit %d, want %d with %q and a hint; it said:\n%s", code, c.code, c.want, stderr)
			}
			if _, err := os.Stat(filepath.Join(out, "master.m3u8")); err == nil {
				t.Error("a master playlist is there")
			}
		})
	}
}

// A presentation is not written over unless told to, and then replaced whole.
func TestTranscodeForce(t *testing.T) {
	dir := t.TempDir()
	in := makeStream(t, "test:?size=416x234&rate=25&frames=60", filepath.Join(dir, "in.ts"))
	args := []string{"transcode", in, "--profile", "sd3", "--out", filepath.Join(dir, "out"), "--engine", needEngine(t)}
	if code, _, stderr := rungRun(t, args...); code != 0 {
		t.Fatal(stderr)
	}
	other := filepath.Join(dir, "out", "notes.txt")
	if err := os.WriteFile(other, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := rungRun(t, args...); code != exitFailed || !strings.Contains(stderr, "holds a presentation already") {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if code, _, stderr := rungRun(t, append(args, "--force")...); code != 0 {
		t.Fatal(stderr)
	}
	folders, err := filepath.Glob(filepath.Join(dir, "out", "s*"))
	if err != nil || len(folders) != 1 {
		t.Errorf("sessions in the folder: %v, %v", folders, err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("a file of another's is gone: %v", err)
	}
}
