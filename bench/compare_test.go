package bench

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"rung"
	"rung/transcode/protocol"
)

// The chances are those of the exact distribution's tables: U = 0 of 3 and 3 is one order of 20, of 5 and 5 one of 252.
func TestMannWhitney(t *testing.T) {
	tests := map[string]struct {
		a, b []float64
		want float64
	}{
		"three apart":        {[]float64{1, 2, 3}, []float64{4, 5, 6}, 0.1},
		"the other way":      {[]float64{4, 5, 6}, []float64{1, 2, 3}, 0.1},
		"five apart":         {[]float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}, 2.0 / 252},
		"five, one crossing": {[]float64{1, 2, 3, 4, 6}, []float64{5, 7, 8, 9, 10}, 4.0 / 252}, // U = 1: the orders with U 0 and 1
		"three and four":     {[]float64{1, 2, 3}, []float64{4, 5, 6, 7}, 2.0 / 35},
		"all the same":       {[]float64{1, 1, 1}, []float64{1, 1, 1}, 1},
		"interleaved":        {[]float64{1, 3, 5}, []float64{2, 4, 6}, 0.7}, // U = 3: 7 of the 20 orders have 3 or less
	}
	for name, tt := range tests {
		if got := mannWhitney(tt.a, tt.b); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	// All orders of m and n are counted.
	sum := 0.0
	for _, n := range orderings(4, 6) {
		sum += n
	}
	if sum != 210 {
		t.Errorf("%v orders of 4 and 6, want 210", sum)
	}
}

func TestVerdicts(t *testing.T) {
	tests := map[string]struct {
		before, after sampled
		want          Verdict
	}{
		"less time":      {sampled{better: LessIsBetter, values: []float64{10, 11, 12}}, sampled{values: []float64{7, 8, 9}}, VerdictBetter},
		"more time":      {sampled{better: LessIsBetter, values: []float64{10, 11, 12}}, sampled{values: []float64{13, 14, 15}}, VerdictWorse},
		"more channels":  {sampled{better: MoreIsBetter, values: []float64{3, 3, 3}}, sampled{values: []float64{4, 4, 4}}, VerdictBetter},
		"crossing":       {sampled{better: LessIsBetter, values: []float64{10, 11, 12}}, sampled{values: []float64{8, 9, 10.5}}, VerdictNoise},
		"the same":       {sampled{better: LessIsBetter, values: []float64{10, 10, 10}}, sampled{values: []float64{10, 10, 10}}, VerdictNoise},
		"two runs":       {sampled{better: LessIsBetter, values: []float64{10, 11}}, sampled{values: []float64{1, 2, 3}}, VerdictOpen},
		"five, crossing": {sampled{better: LessIsBetter, values: []float64{10, 11, 12, 13, 14}}, sampled{values: []float64{5, 6, 7, 8, 10.5}}, VerdictBetter},
		"five, by one":   {sampled{better: LessIsBetter, values: []float64{10, 11, 12, 13, 14}}, sampled{values: []float64{9, 10.5, 11.5, 12.5, 13.5}}, VerdictNoise},
		"exact, equal":   {sampled{exact: true, better: MoreIsBetter, values: []float64{40}}, sampled{values: []float64{40}}, VerdictSame},
		"exact, less":    {sampled{exact: true, better: MoreIsBetter, values: []float64{40}}, sampled{values: []float64{39.999}}, VerdictWorse},
	}
	for name, tt := range tests {
		if got := tt.before.against(tt.after); got.Verdict != tt.want {
			t.Errorf("%s: %+v, want %s", name, got, tt.want)
		}
	}
	c := sampled{values: []float64{4, 1, 3, 2}}.against(sampled{values: []float64{5, 5, 5}})
	if c.Before.Median != 2.5 || c.Before.Low != 1 || c.Before.High != 4 || c.Change != 100 {
		t.Errorf("%+v", c)
	}
}

// runsOf are density reports that differ in their cores busy and answers alone.
func runsOf(name string, busy []float64, channels int) []NamedReport {
	var all []NamedReport
	for i, b := range busy {
		r := densityReport(5)
		r.Density.Trials[0].BusyCores = b
		r.Density.Spread = Spread{Answers: []int{channels}, Low: channels, High: channels}
		all = append(all, NamedReport{Name: name + string(rune('1'+i)) + ".json", Report: r})
	}
	return all
}

func figure(t *testing.T, c *Compare, name string) ComparedFigure {
	t.Helper()
	i := slices.IndexFunc(c.Figures, func(f ComparedFigure) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no figure %q among %+v", name, c.Figures)
	}
	return c.Figures[i]
}

func TestCompareDensity(t *testing.T) {
	before, after := runsOf("a", []float64{4, 4.1, 4.2}, 10), runsOf("b", []float64{3, 3.1, 3.2}, 13)
	c, err := CompareReports(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if f := figure(t, c, "cores busy, 10 channels"); f.Verdict != VerdictBetter || math.Abs(f.Change+100*1/4.1) > 1e-9 {
		t.Errorf("%+v", f)
	}
	if f := figure(t, c, "channels carried"); f.Verdict != VerdictBetter || f.After.Median != 13 {
		t.Errorf("%+v", f)
	}
	if f := figure(t, c, "p99 latency, 10 channels"); f.Verdict != VerdictNoise {
		t.Errorf("%+v", f)
	}
	if len(c.Differing) != 0 {
		t.Errorf("conditions differ: %v", c.Differing)
	}
}

// What a figure depends on is named where it is not the same.
func TestCompareNamesWhatDiffers(t *testing.T) {
	before, after := runsOf("a", []float64{4}, 10), runsOf("b", []float64{4}, 10)
	r := after[0].Report
	r.Machine.CPU, r.Machine.Cores = "Xeon", 8
	r.Inputs[0].Bytes++
	r.Density.Load = Load{Mix: []Share{{"sd3", 1}}}
	r.Machine.Versions = map[string]string{"x264": "165"}
	before[0].Report.Machine.Versions = map[string]string{"x264": "164"}
	c, err := CompareReports(before, after)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"processor: EPYC and Xeon", "cores: 5 and 8", "load: hd5 and sd3", "content: a.ts (10000000 bytes) and a.ts (10000001 bytes)", "x264: 164 and 165"} {
		if !slices.Contains(c.Differing, want) {
			t.Errorf("%q is not among %q", want, c.Differing)
		}
	}
	report := NewReport(KindCompare, "v1", nil, Machine{})
	report.Compare = c
	var text bytes.Buffer
	if err := NewPage(report).WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"too few runs", "CONDITIONS THAT DIFFER", "open: 1 and 1 runs"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
}

// Rates and qualities are exact; an encoder's time has its repeats.
func TestCompareQuality(t *testing.T) {
	report := func(db float64, cpu ...int64) *Report {
		return &Report{Kind: KindQuality, Quality: &Quality{Curves: []QualityCurve{{Variant: "hd5", Rendition: "720p", Points: []QualityPoint{{AsWritten: true,
			BitRate: 900_000, EncodeCPUUS: cpu[0], EncodeCPUUSEach: cpu, Quality: protocol.MeasuredQuality{Pictures: 100, XPSNR: protocol.Levels{All: db}}}}}}}}
	}
	c, err := CompareReports([]NamedReport{{"a", report(41, 2000, 2100, 2200)}}, []NamedReport{{"b", report(41.01, 1500, 1600, 1700)}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Verdict{"rate": VerdictSame, "XPSNR": VerdictBetter, "CPU a picture": VerdictBetter} {
		if f := figure(t, c, "hd5 720p, as written, "+name); f.Verdict != want {
			t.Errorf("%s: %+v, want %s", name, f, want)
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	density := runsOf("a", []float64{4}, 10)
	speed := []NamedReport{{"s.json", &Report{Kind: KindSpeed, Speed: &Speed{}}}}
	plan := []NamedReport{{"p.json", &Report{Kind: KindPlan, Plan: &Plan{}}}}
	for name, sides := range map[string][2][]NamedReport{"two kinds": {density, speed}, "no figures": {speed, speed}, "a plan": {plan, plan}, "nothing": {nil, density}} {
		if _, err := CompareReports(sides[0], sides[1]); rung.CodeOf(err) != rung.CodeInvalid || rung.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
