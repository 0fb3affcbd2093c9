package bench

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rung"
	"rung/profiles"
)

// measureSimulated measures a simulated machine's density.
func measureSimulated(t *testing.T, capacity float64, o DensityOptions) *Report {
	t.Helper()
	var r *Report
	synctest.Test(t, func(t *testing.T) {
		r = NewReport(KindDensity, "test", []string{"rung", "bench", "density"}, Machine{Cores: 4, MHz: 2000})
		o.Load = Load{Mix: []Share{{"sd3", 1}}}
		o.Profiles, o.Inputs, o.Rig, o.Progress = []*profiles.Profile{profiles.Find("sd3")}, testInputs(), &simulatedRig{capacity: capacity}, quiet{}
		o.Inputs[0].Scenes = []SceneFigures{{Grade: "easy", Frames: 192}, {Grade: "hard", First: 192, Frames: 192}}
		o.Duration, o.Target, o.Scratch = time.Minute, 0.999, t.TempDir()
		o.unprofiled = true
		if err := MeasureDensity(t.Context(), r, o); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

// The harness finds what a machine carries, where nothing but the queue's length says that one more is too much.
func TestDensityOfASimulatedMachine(t *testing.T) {
	for _, capacity := range []float64{1.3, 4.3, 12.4} {
		r := measureSimulated(t, capacity, DensityOptions{})
		d := r.Density
		if d.Channels != int(capacity) {
			t.Errorf("a machine of %.1f channels carries %d: %+v", capacity, d.Channels, d.Trials)
		}
		answer := d.AnswerTrial()
		if answer == nil || answer.Channels != d.Channels || !answer.Held || !answer.Sustained || answer.Share != 1 || answer.DurationUS < 60_000_000 {
			t.Errorf("the answer's run is %+v", answer)
		}
		if d.Estimate.RealTimeFactor < capacity*0.95 || d.Estimate.RealTimeFactor > capacity*1.05 {
			t.Errorf("estimated as %.2f, not %.1f", d.Estimate.RealTimeFactor, capacity)
		}
		if !strings.Contains(d.Limit, "did not hold") || d.Fitting != nil {
			t.Errorf("limit %q, fitting %v", d.Limit, d.Fitting)
		}
		// Every segment takes the same time, and none waits long: that is the latency.
		alone := 3.84 / capacity * 1e6
		if p := answer.Latency; float64(p.P50US) < alone*0.99 || float64(p.MaxUS) > 3*alone+1e6 {
			t.Errorf("a segment takes %.0f us alone, the latencies are %+v", alone, p)
		}
		text, err := json.Marshal(r)
		if err != nil || len(text) < 1000 {
			t.Errorf("its JSON is %d bytes: %v", len(text), err)
		}
	}
}

func TestDensityOfAMachineThatIsTooSmall(t *testing.T) {
	d := measureSimulated(t, 0.8, DensityOptions{}).Density
	if d.Channels != 0 || d.Recommended != 0 || len(d.Trials) != 1 || d.Answer != 0 || d.Trials[0].Held {
		t.Errorf("it carries %d: %+v", d.Channels, d.Trials)
	}
	if d.Estimate.RealTimeFactor < 0.75 || d.Estimate.RealTimeFactor > 0.85 {
		t.Errorf("the estimate is %.2f, not 0.8", d.Estimate.RealTimeFactor)
	}
	if d.Fitting == nil {
		t.Error("it does not say what would fit")
	}
}

// Given numbers are run as they are, and the last that held is the answer.
func TestDensityOfGivenNumbers(t *testing.T) {
	for _, c := range []struct {
		capacity float64
		runs     []int
		answer   int
		limit    string
	}{
		{9.5, []int{1, 2, 4, 8, 16}, 8, "With 16 it did not hold"},
		{40, []int{1, 2, 4, 8, 16}, 16, "More than 16 were not asked for"},
		{3.5, []int{1, 2, 4}, 2, "With 4 it did not hold"},
	} {
		d := measureSimulated(t, c.capacity, DensityOptions{Counts: []int{1, 2, 4, 8, 16}}).Density
		var runs []int
		for _, trial := range d.Trials {
			runs = append(runs, trial.Channels)
		}
		if d.Channels != c.answer || !slices.Equal(runs, c.runs) || !strings.HasPrefix(d.Limit, c.limit) || d.AnswerTrial().Channels != c.answer {
			t.Errorf("a machine of %.1f channels carries %d in runs of %v: %s", c.capacity, d.Channels, runs, d.Limit)
		}
	}
}

func TestDensityStopsAtItsMost(t *testing.T) {
	d := measureSimulated(t, 9.5, DensityOptions{Max: 2, Repeat: 3}).Density
	if d.Channels != 2 || len(d.Trials) != 3 || d.Limit != "More than 2 were not asked for" {
		t.Errorf("%d channels in %d runs: %s", d.Channels, len(d.Trials), d.Limit)
	}
	if s := d.Spread; len(s.Answers) != 3 || s.Low != 2 || s.High != 2 {
		t.Errorf("the spread is %+v", s)
	}
}

func TestScenesAreGradedByTheSegmentsInThem(t *testing.T) {
	r := measureSimulated(t, 4.3, DensityOptions{Max: 1})
	for _, s := range r.Inputs[0].Scenes {
		// 10,000 bytes for 96 frames of 960x540.
		if want := 0.0016; s.EncodedBitsPerPixel != want {
			t.Errorf("scene %s has %.4f bits per pixel, not %.4f", s.Grade, s.EncodedBitsPerPixel, want)
		}
	}
}

func TestDensityOptionsAreChecked(t *testing.T) {
	good := DensityOptions{Load: Load{Mix: []Share{{"sd3", 1}}}, Profiles: []*profiles.Profile{profiles.Find("sd3")}, Duration: time.Minute, Target: 0.999}
	for name, change := range map[string]func(*DensityOptions){
		"duration": func(o *DensityOptions) { o.Duration = time.Millisecond },
		"target 0": func(o *DensityOptions) { o.Target = 0 },
		"target 2": func(o *DensityOptions) { o.Target = 2 },
		"max":      func(o *DensityOptions) { o.Max = -1 },
	} {
		o := good
		change(&o)
		if err := o.check(); rung.CodeOf(err) != rung.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := good.check(); err != nil {
		t.Error(err)
	}
}
