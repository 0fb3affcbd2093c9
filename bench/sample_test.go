package bench_test

import (
	"time"

	"rung"
	"rung/bench"
)

// sampleReport is a density report as a machine of 16 cores might give it.
func sampleReport() *bench.Report {
	m := bench.Machine{Host: "node-7", OS: "Debian GNU/Linux 12 (bookworm)", Kernel: "6.1.0-18-amd64", Virtualisation: "KVM", CPU: "AMD EPYC 7313 <16-Core>", Sockets: 1,
		Cores: 16, Threads: 16, ThreadsPerCore: 1, MHz: 3200, NUMANodes: 1, Memory: 64 << 30, Flags: []string{"avx", "avx2"},
		Caches:   []bench.Cache{{Level: 1, Type: "Data", Bytes: 32 << 10, Count: 16}, {Level: 3, Type: "Unified", Bytes: 32 << 20, Count: 2}},
		Versions: map[string]string{"ffmpeg": "7.1.5", "x264": "0.164"}}
	r := bench.NewReport(bench.KindDensity, "v1.2.3", []string{"rung", "bench", "density", "--profile", "hd5"}, m)
	r.Created = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	r.Inputs = []bench.Input{{Name: "mix.ts", Profile: "hd5", Path: "/tmp/mix.ts", Bytes: 30 << 20, DurationUS: 23_040_000, Codec: "h264", Width: 1920, Height: 1080,
		FrameRate: rung.R(25, 1), Audio: 1, BitsPerPixel: 0.25,
		Scenes: []bench.SceneFigures{{Grade: "easy", Frames: 192, EncodedBitsPerPixel: 0.012}, {Grade: "hard", First: 192, Frames: 192, EncodedBitsPerPixel: 0.1}}}}
	d := &bench.Density{Load: bench.Load{Mix: []bench.Share{{Profile: "hd5", Parts: 1}}}, Target: 0.999, DurationUS: 60_000_000, Slots: 16, Channels: 6, Recommended: 5,
		Headroom: 0.2, HeadroomRule: "At 80% of the processor time.", Limit: "With 7 it did not hold: 9 of 109 segments were late or missing",
		Spread: bench.Spread{Answers: []int{6, 6, 7}, Low: 6, High: 7}, Estimate: bench.Estimate{RealTimeFactor: 6.7, Channels: 6, MediaUS: 90_000_000, WallUS: 13_500_000}}
	d.Trials = []bench.Trial{sampleTrial(6, 1), sampleTrial(7, 0.917)}
	theirs := sampleTrial(5, 1)
	theirs.Stages, theirs.Renditions = nil, nil
	d.Peer = &bench.Peer{Program: "/usr/bin/ffmpeg", Version: "7.1.5", Command: []string{"ffmpeg", "-filter_complex", "[0:v]split=5[a]"}, Channels: 5,
		Limit: "With 6 it did not hold", Trials: []bench.Trial{theirs}, Ratio: 1.2, CPURatio: 0.93}
	r.Density = d
	return r
}

func sampleTrial(channels int, share float64) bench.Trial {
	t := bench.Trial{Channels: channels, Repeat: 1, Sustained: true, DurationUS: 60_000_000, Segments: 109, OnTime: int64(109 * share), Share: share, Held: share == 1,
		Latency: bench.Percentiles{Count: 109, P50US: 1_900_000, P95US: 2_600_000, P99US: 3_100_000, MaxUS: 3_300_000}, BusyCores: 14.1,
		Throughput: bench.Throughput{MpixelPerSecond: 577, PerCore: 36, PerGHz: 11.3}, Memory: bench.MemoryFigures{Peak: 6 << 30, Control: 200 << 20, Engines: 6<<30 - 200<<20, PerChannel: 1 << 30}}
	t.Late = t.Segments - t.OnTime
	if !t.Held {
		t.Why = "9 of 109 segments were late or missing"
	}
	for i, s := range []string{"ingest", "decode", "scale", "encode:1080p", "encode:720p", "audio", "mux", "engine", "store", "control", "harness"} {
		us := int64([]float64{3, 48, 40, 500, 200, 9, 3, 6, 3, 8, 4}[i] * 1e6)
		t.Stages = append(t.Stages, bench.StageCost{Stage: s, CPUUS: us, Share: float64(us) / 846e6})
	}
	t.Renditions = []bench.RenditionResult{
		{Profile: "hd5", ID: "1080p", Type: "video", Width: 1920, Height: 1080, FrameRate: rung.R(25, 1), Segments: 109, MediaUS: 418_560_000, Bytes: 200 << 20, BitRate: 4_000_000,
			PeakRate: 5_100_000, MaxRate: 5_350_000, BitsPerPixel: 0.077, EncodeCPUUS: 500_000_000, RealTimeFactor: 0.84},
		{Profile: "hd5", ID: "audio", Type: "audio", Segments: 109, MediaUS: 418_560_000, Bytes: 6 << 20, BitRate: 128_000, PeakRate: 130_000, MaxRate: 128_000, EncodeCPUUS: 9_000_000, RealTimeFactor: 46},
	}
	return t
}
