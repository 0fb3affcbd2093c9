package bench

import (
	"math"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"rung"
)

// Stages add up to what was used, whatever part of the segments' time lay outside.
func TestStageCostsAddUp(t *testing.T) {
	result := rung.Result{Stats: rung.EncodeStats{CPUUS: 1_000_000, StageUS: map[string]int64{"decode": 200_000, "encode:720p": 700_000}}}
	used := cpuUse{self: 500 * time.Millisecond, children: 3 * time.Second}
	costs := stageCosts(used, map[string]float64{stageIngest: 0.4, stageControl: 0.6}, []rung.Result{result, result})
	want := map[string]int64{"decode": 600_000, "encode:720p": 2_100_000, stageEngine: 300_000, stageIngest: 200_000, stageControl: 300_000}
	var sum int64
	var share float64
	for _, c := range costs {
		if d := c.CPUUS - want[c.Stage]; d < -1 || d > 1 {
			t.Errorf("%s took %d us, not %d", c.Stage, c.CPUUS, want[c.Stage])
		}
		sum += c.CPUUS
		share += c.Share
	}
	if len(costs) != len(want) || math.Abs(share-1) > 1e-9 || sum < 3_499_995 || sum > 3_500_000 {
		t.Errorf("%d stages of %d us, %.3f of all", len(costs), sum, share)
	}
	if costs[0].Stage != stageIngest || costs[len(costs)-1].Stage != stageControl {
		t.Errorf("the order is %v", costs)
	}
}

func TestControlShares(t *testing.T) {
	stack := func(n int64, functions ...string) *profile.Sample {
		s := &profile.Sample{Value: []int64{n, n * 10}}
		for _, f := range functions { // innermost first
			s.Location = append(s.Location, &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: f}}}})
		}
		return s
	}
	shares := controlShares(&profile.Profile{Sample: []*profile.Sample{
		stack(2, "syscall.Syscall", "os.(*File).Sync", "rung/store/fs.(*Store).Put", "rung/transcode.(*slot).handle"),
		stack(3, "rung/internal/mpegts.(*Analyser).Analyse", "rung/ingest.(*runner).loop"),
		stack(1, "encoding/json.Marshal", "rung/scheduler.(*Tasks).Submit", "rung/ingest.(*outbox).run"),
		stack(1, "runtime.gcBgMarkWorker"),
		stack(2, "os.ReadFile", "rung/bench.pss"),
		stack(1, "main.(*node).figures"),
	}})
	for stage, want := range map[string]float64{stageStore: 0.2, stageIngest: 0.3, stageControl: 0.3, stageHarness: 0.2} {
		if math.Abs(shares[stage]-want) > 1e-9 {
			t.Errorf("%s has %.2f of the time, not %.2f", stage, shares[stage], want)
		}
	}
	if empty := controlShares(&profile.Profile{}); empty[stageControl] != 1 {
		t.Errorf("without samples: %v", empty)
	}
}

func TestRenditionResults(t *testing.T) {
	ladder := rung.Ladder{Profile: "hd", Video: []rung.VideoRendition{{ID: "720p", MaxRate: 3_000_000}}, Audio: []rung.AudioRendition{{ID: "audio", BitRate: 128_000}}}
	r := rung.Result{ID: rung.SegmentID{Owner: "news"}, Rate: rung.R(25, 1), Stats: rung.EncodeStats{StageUS: map[string]int64{"encode:720p": 1_920_000, "audio": 38_400}},
		Tracks: []rung.Track{{ID: "720p", Type: "video", Bytes: 960_000, Frames: 96, Width: 1280, Height: 720, FrameRate: rung.R(25, 1)},
			{ID: "audio", Type: "audio", Bytes: 61_440, Frames: 180}}}
	small := r
	small.Tracks = []rung.Track{r.Tracks[0]}
	small.Tracks[0].Bytes = 480_000
	all, pixels := renditionResults([]rung.Result{r, small}, map[string]rung.Ladder{"news": ladder})
	if len(all) != 2 || pixels != 2*96*1280*720 {
		t.Fatalf("%d renditions, %d pixels", len(all), pixels)
	}
	v, a := all[0], all[1]
	if v.ID != "720p" || v.Segments != 2 || v.MediaUS != 7_680_000 || v.BitRate != 1_500_000 || v.PeakRate != 2_000_000 || v.MaxRate != 3_000_000 || v.RealTimeFactor != 2 {
		t.Errorf("video: %+v", v)
	}
	if want := 1.5e6 / (1280 * 720 * 25); math.Abs(v.BitsPerPixel-want) > 1e-9 {
		t.Errorf("%.5f bits per pixel, not %.5f", v.BitsPerPixel, want)
	}
	if a.MediaUS != 3_840_000 || a.BitRate != 128_000 || a.RealTimeFactor != 100 {
		t.Errorf("sound: %+v", a)
	}
}
