package bench_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"rung"
	"rung/bench"
	"rung/profiles"
)

// BenchmarkVersusFFmpeg compares `rung transcode` with one FFmpeg process that does the same ladder (profile hd5), in
// turn, whole process trees: the ratios of processor time, wall time and peak memory are its figures.
//
//	make bench-ffmpeg INPUT=FILE
//
// RUNG_BIN names the built program, RUNG_FFMPEG_BIN the folder of the FFmpeg that was built with the engine, and
// RUNG_BENCH_INPUT the file; without one it is 6 s of the test picture at 1280x720. docs/performance.md has the results.
func BenchmarkVersusFFmpeg(b *testing.B) {
	program, ffmpeg := os.Getenv("RUNG_BIN"), filepath.Join(os.Getenv("RUNG_FFMPEG_BIN"), "ffmpeg")
	if program == "" {
		b.Fatal("RUNG_BIN does not name the built program; run `make bench-ffmpeg`")
	}
	dir := b.TempDir()
	input := os.Getenv("RUNG_BENCH_INPUT")
	if input == "" {
		input = filepath.Join(dir, "input.ts")
		testPicture(b, ffmpeg, input)
	}
	args := peerArgs(b, program, input, filepath.Join(dir, "ffmpeg"))
	var cpu, wall, memory []float64
	for b.Loop() {
		ours, err := bench.Measure(b.Context(), program, "transcode", input, "--profile", "hd5", "--out", filepath.Join(dir, "rung"), "--force", "--json")
		if err != nil {
			b.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "ffmpeg"), 0o755); err != nil {
			b.Fatal(err)
		}
		theirs, err := bench.Measure(b.Context(), ffmpeg, args...)
		if err != nil {
			b.Fatal(err)
		}
		cpu = append(cpu, ours.CPU.Seconds()/theirs.CPU.Seconds())
		wall = append(wall, ours.Wall.Seconds()/theirs.Wall.Seconds())
		memory = append(memory, float64(ours.Peak)/float64(theirs.Peak))
		b.Logf("rung: cpu %.2f s, wall %.2f s, %d MiB; ffmpeg: cpu %.2f s, wall %.2f s, %d MiB", ours.CPU.Seconds(), ours.Wall.Seconds(), ours.Peak>>20,
			theirs.CPU.Seconds(), theirs.Wall.Seconds(), theirs.Peak>>20)
	}
	b.ReportMetric(median(cpu), "cpu-ratio")
	b.ReportMetric(median(wall), "wall-ratio")
	b.ReportMetric(median(memory), "memory-ratio")
}

// peerArgs resolves hd5 for what the file holds, as rung transcode does.
func peerArgs(b *testing.B, program, input, out string) []string {
	b.Helper()
	text, err := exec.CommandContext(b.Context(), program, "probe", input, "--json").Output()
	if err != nil {
		b.Fatalf("probing %s: %v", input, err)
	}
	media := decodeMedia(b, text)
	ladder, err := profiles.Find("hd5").Resolve(&media.Video[0], media.Audio[:min(1, len(media.Audio))])
	if err != nil {
		b.Fatal(err)
	}
	args, err := bench.PeerArgs(input, out, ladder)
	if err != nil {
		b.Fatal(err)
	}
	return args
}

// testPicture makes the default input with the same FFmpeg.
func testPicture(b *testing.B, ffmpeg, path string) {
	b.Helper()
	out, err := exec.CommandContext(b.Context(), ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=6",
		"-f", "lavfi", "-i", "sine=frequency=997:sample_rate=48000:duration=6", "-c:v", "libx264", "-preset", "veryfast", "-g", "50",
		"-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2", "-f", "mpegts", path).CombinedOutput()
	if err != nil {
		b.Fatalf("making the input: %v: %s", err, out)
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

func TestPeerArgsAreTheLadder(t *testing.T) {
	l, err := profiles.Find("hd5").Resolve(&rung.VideoInfo{Width: 1280, Height: 720, FrameRate: rung.R(25, 1)}, []rung.AudioInfo{{}})
	if err != nil {
		t.Fatal(err)
	}
	args, err := bench.PeerArgs("in.ts", "out", l)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]string{{"-maxrate:v:0", "3210000"}, {"-bufsize:v:3", "600000"}, {"-g:v:0", "48"}, {"-hls_time", "3.84"}, {"-b:a", "128000"}} {
		if i := slices.Index(args, want[0]); i < 0 || args[i+1] != want[1] {
			t.Errorf("%v is not in %v", want, args)
		}
	}
	if l.Video[0].Codec = "libx265"; true {
		if _, err := bench.PeerArgs("in.ts", "out", l); rung.CodeOf(err) != rung.CodeUnsupported {
			t.Errorf("an x265 ladder: %v", err)
		}
	}
}

// Measure sees a child's processor time, and a command's failure with its reason.
func TestMeasure(t *testing.T) {
	c, err := bench.Measure(t.Context(), "sh", "-c", "sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'; true")
	if err != nil || c.CPU <= 0 || c.Wall < c.CPU/4 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := bench.Measure(t.Context(), "sh", "-c", "echo no such thing >&2; exit 3"); err == nil || fmt.Sprint(err) != "sh: exit status 3: no such thing" {
		t.Errorf("a failing command: %v", err)
	}
}
