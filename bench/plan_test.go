package bench

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"rung"
	"rung/profiles"
)

// densityReport is of a node with so many cores that carried ten channels of hd5, of which each took 0.4 cores: 0.3 by its
// encoders, of that 0.15, 0.07, 0.05, 0.02 and 0.01 by its renditions.
func densityReport(cores int) *Report {
	t := Trial{Channels: 10, Sustained: true, DurationUS: 60_000_000, BusyCores: 4,
		Memory: MemoryFigures{Peak: 3 << 30, Engines: 2 << 30, Control: 1 << 30}}
	for _, r := range []struct {
		id            string
		width, height int
		cpu, rate     int64
	}{{"1080p", 1920, 1080, 15, 3000}, {"720p", 1280, 720, 7, 2000}, {"540p", 960, 540, 5, 1000}, {"360p", 640, 360, 2, 500}, {"234p", 416, 234, 1, 250}} {
		t.Renditions = append(t.Renditions, RenditionResult{Profile: "hd5", ID: r.id, Type: "video", Width: r.width, Height: r.height, FrameRate: rung.R(25, 1),
			MediaUS: 600_000_000, EncodeCPUUS: r.cpu * 6_000_000, BitRate: r.rate * 1000})
	}
	t.Renditions = append(t.Renditions, RenditionResult{Profile: "hd5", ID: "audio", Type: "audio", MediaUS: 600_000_000, BitRate: 128_000})
	return &Report{Schema: ReportSchema, Kind: KindDensity, Machine: Machine{CPU: "EPYC", Cores: cores, Memory: 64 << 30},
		Inputs:  []Input{{Name: "a.ts", Bytes: 10_000_000, DurationUS: 10_000_000, Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}},
		Density: &Density{Load: Load{Mix: []Share{{"hd5", 1}}}, Channels: 10, Recommended: 8, Headroom: 0.2, Slots: 4, Trials: []Trial{t}}}
}

// planned is a plan for channels of built-in profiles.
func planned(t *testing.T, o PlanOptions, channels map[string]int) *Plan {
	t.Helper()
	for _, name := range []string{"hd5", "sd3", "demo"} {
		if n := channels[name]; n > 0 {
			o.Channels = append(o.Channels, PlanChannels{Profile: profiles.Find(name), Channels: n})
		}
	}
	p, err := MakePlan(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func close1(a, b float64) bool { return math.Abs(a-b) <= 1e-6*max(math.Abs(a), math.Abs(b), 1) }

// 100 channels at 0.4 cores are 40 cores; a node of 5 gives 4 of them, so ten carry all, and an eleventh is spare.
func TestPlanOfOneMeasuredProfile(t *testing.T) {
	r := densityReport(5)
	p := planned(t, PlanOptions{Spare: 1, Reports: []PlanReport{{Name: "a.json", Report: r, Price: 0.5}}}, map[string]int{"hd5": 100})
	o := p.bestOption()
	if o.Total != 11 || len(o.Nodes) != 1 || o.Nodes[0] != (PlanCount{"a.json", 11}) {
		t.Fatalf("%+v, want 11 nodes", o)
	}
	if !close1(o.Load, 40.0/55) || !close1(o.Degraded, 0.8) {
		t.Errorf("load %.4f, degraded %.4f, want %.4f and 0.8", o.Load, o.Degraded, 40.0/55)
	}
	if !close1(o.PricePerHour, 5.5) || !close1(o.PerChannelHour, 0.055) {
		t.Errorf("%.4f an hour, %.4f a channel", o.PricePerHour, o.PerChannelHour)
	}
	// Ten channels a node with one lost: 0.1 GiB each, and the engines.
	if want := int64(3 << 30); o.MemoryPerNode < want-1 || o.MemoryPerNode > want+1 {
		t.Errorf("%d bytes a node, want %d", o.MemoryPerNode, want)
	}
	n := p.Nodes[0]
	if !close1(n.Costs[0].Cores, 0.4) || !close1(n.Costs[0].PerNode, 10) || n.Costs[0].From != "a.json: measured" || n.LimitBy != "processor" {
		t.Errorf("%+v", n)
	}
}

// Without spare nodes ten are enough; one channel more takes an eleventh.
func TestPlanRoundsUp(t *testing.T) {
	reports := []PlanReport{{Name: "a.json", Report: densityReport(5)}}
	for channels, want := range map[int]int{1: 1, 10: 1, 11: 2, 100: 10, 101: 11} {
		if p := planned(t, PlanOptions{Reports: reports}, map[string]int{"hd5": channels}); p.bestOption().Total != want {
			t.Errorf("%d channels take %d nodes, want %d", channels, p.bestOption().Total, want)
		}
	}
}

// A node that carried no more than its own budget allows is taken at what it carried.
func TestPlanBudgetIsWhatWasCarried(t *testing.T) {
	r := densityReport(16)
	r.Density.Trials = append(r.Density.Trials, Trial{Channels: 11})
	p := planned(t, PlanOptions{Reports: []PlanReport{{Name: "a.json", Report: r}}}, map[string]int{"hd5": 10})
	if b := p.Nodes[0].Budget; !close1(b.Value, 4) || !strings.Contains(b.From, "10 channels") {
		t.Errorf("%+v, want the 4 cores that 10 channels took", b)
	}
	// Where more were not asked for, that is no limit.
	r.Density.Trials = r.Density.Trials[:1]
	if b := planned(t, PlanOptions{Reports: []PlanReport{{Name: "a.json", Report: r}}}, map[string]int{"hd5": 10}).Nodes[0].Budget; !close1(b.Value, 12.8) {
		t.Errorf("%+v, want four fifths of 16 cores", b)
	}
}

// sd3 has the three small renditions of hd5: 0.08 for its encoders, and 0.1 for the rest, as a channel of hd5.
func TestPlanScalesWhatWasNotMeasured(t *testing.T) {
	r := PlanReport{Name: "a.json", Report: densityReport(5), Profiles: map[string]*profiles.Profile{"hd5": profiles.Find("hd5")}}
	p := planned(t, PlanOptions{Reports: []PlanReport{r}}, map[string]int{"sd3": 10, "hd5": 5})
	var costs []float64
	for _, c := range p.Nodes[0].Costs {
		costs = append(costs, c.Cores)
	}
	if !close1(costs[0], 0.4) || !close1(costs[1], 0.18) {
		t.Errorf("costs %v, want 0.4 and 0.18", costs)
	}
	if c := p.Nodes[0].Costs[1]; c.From != "a.json: scaled from hd5, 3 of 3 renditions of the same size" || c.Caution != "" {
		t.Errorf("the cost of sd3 is %+v", c)
	}
	// A preset that was not measured is said to be one.
	other := *profiles.Find("sd3")
	other.Name = "slow3"
	other.Video = append([]profiles.Rendition(nil), other.Video...)
	for i := range other.Video {
		other.Video[i].Preset = "slow"
	}
	q, err := MakePlan(PlanOptions{Reports: []PlanReport{r}, Channels: []PlanChannels{{&other, 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if c := q.Nodes[0].Costs[0]; !strings.Contains(c.Caution, "540p is encoded by libx264 slow, the measured 540p by libx264 veryfast") {
		t.Errorf("the cost of a slow preset is %+v", c)
	}
	// Of a source of a quarter of the pixels everything but the encoders took a quarter: hd5 again at 0.4.
	small := densityReport(5)
	small.Inputs[0].Width, small.Inputs[0].Height = 960, 540
	small.Density.Load.Mix[0].Profile, small.Density.Trials[0].Renditions = "mine", small.Density.Trials[0].Renditions[2:]
	small.Density.Trials[0].BusyCores = 10 * (0.08 + 0.025)
	for i := range small.Density.Trials[0].Renditions {
		small.Density.Trials[0].Renditions[i].Profile = "mine"
	}
	s := planned(t, PlanOptions{Reports: []PlanReport{{Name: "s.json", Report: small}}}, map[string]int{"hd5": 1})
	// 1080p and 720p at 540p's 0.05 for each 518400 pixels.
	if c := s.Nodes[0].Costs[0]; !close1(c.Cores, 0.05*4+0.05*16/9+0.08+0.1) || !strings.Contains(c.From, "3 of 5") || !strings.Contains(c.Caution, "mine") {
		t.Errorf("hd5 from its small renditions: %+v", c)
	}
}

// A node on which not even one channel ran in time still does part of the work: at half real time each channel takes two.
func TestPlanOfNodesBelowOneChannel(t *testing.T) {
	r := densityReport(2)
	d := r.Density
	d.Channels, d.Recommended, d.Estimate = 0, 0, Estimate{RealTimeFactor: 0.5}
	d.Trials[0].Channels, d.Trials[0].BusyCores = 1, 2
	p := planned(t, PlanOptions{Reports: []PlanReport{{Name: "a.json", Report: r}}}, map[string]int{"hd5": 10})
	// 4 cores a channel, 1.6 of each node: 40/1.6.
	if o := p.bestOption(); o.Total != 25 || !strings.Contains(p.Nodes[0].Costs[0].From, "unpaced") {
		t.Errorf("%d nodes by %q, want 25", o.Total, p.Nodes[0].Costs[0].From)
	}
}

// Where memory runs out before the processor does, it decides.
func TestPlanLimitedByMemory(t *testing.T) {
	r := densityReport(5)
	r.Machine.Memory = 3 << 30 // 0.8 of it, less 2 GiB of engines, is room for 4 channels
	p := planned(t, PlanOptions{Reports: []PlanReport{{Name: "a.json", Report: r}}}, map[string]int{"hd5": 40})
	if p.Nodes[0].LimitBy != "memory" || p.bestOption().Total != 10 {
		t.Errorf("limited by %s: %d nodes, want 10 by memory", p.Nodes[0].LimitBy, p.bestOption().Total)
	}
}

// With two types of node each is an option, and a mix is where it is cheaper: large nodes fill up, a small one takes the rest.
func TestPlanMixesNodes(t *testing.T) {
	large := densityReport(25)
	large.Density.Channels, large.Density.Trials[0].Channels, large.Density.Trials[0].BusyCores = 50, 50, 20
	o := PlanOptions{Reports: []PlanReport{{Name: "large.json", Report: large, Price: 4.5}, {Name: "small.json", Report: densityReport(5), Price: 1}}}
	p := planned(t, o, map[string]int{"hd5": 110})
	if len(p.Options) != 3 || p.Best != 2 {
		t.Fatalf("options %+v, best %d", p.Options, p.Best)
	}
	if p.Options[0].Total != 3 || p.Options[1].Total != 11 {
		t.Errorf("alone %d and %d nodes, want 3 and 11", p.Options[0].Total, p.Options[1].Total)
	}
	best := p.bestOption()
	if len(best.Nodes) != 2 || best.Nodes[0].Count != 2 || best.Nodes[1].Count != 1 || !close1(best.PricePerHour, 10) {
		t.Errorf("the mix is %+v, want 2 large ones and a small one for 10", best)
	}
	// One lost is the strongest there is.
	o.Spare = 1
	for i, option := range planned(t, o, map[string]int{"hd5": 110}).Options {
		left := 0.0
		strongest := 0.0
		for _, n := range option.Nodes {
			share := map[string]float64{"large.json": 50, "small.json": 10}[n.Node]
			left += share * float64(n.Count)
			strongest = max(strongest, share)
		}
		if left-strongest < 110 {
			t.Errorf("option %d, %+v, carries %v with its strongest node lost", i, option.Nodes, left-strongest)
		}
	}
	// Without prices there is no cheapest mix; the fewest nodes are named.
	o.Reports[0].Price = 0
	if p := planned(t, o, map[string]int{"hd5": 110}); len(p.Options) != 2 || p.Best != 0 || p.bestOption().PricePerHour != 0 {
		t.Errorf("without prices: %+v", p)
	}
}

// 10 channels of hd5: 6.878 Mbit/s each to the store, measured; six tracks every 3.84 s.
func TestPlanTraffic(t *testing.T) {
	p := planned(t, PlanOptions{Reports: []PlanReport{{Name: "a.json", Report: densityReport(5)}}}, map[string]int{"hd5": 10})
	perDay := 10 * 6 * 86400 / 3.84
	want := map[string]float64{
		"sources into the nodes":                  10 * 8e6,
		"source windows, between nodes and queue": 2 * 10 * 8e6,
		"segments to the store":                   10 * 6.878e6,
		"written to the store a day":              10 * 6.878e6 / 8 * 86400,
		"kept in the store":                       10 * 6.878e6 / 8 * 76.8,
		"segments put a day":                      perDay,
		"playlists put a day":                     perDay,
		"deletions a day":                         10 * 86400 / 20,
		"listings a day":                          480,
	}
	if len(p.Traffic) != len(want) {
		t.Errorf("%d figures, want %d", len(p.Traffic), len(want))
	}
	for _, f := range p.Traffic {
		if w, ok := want[f.Name]; !ok || !close1(f.Value, w) || f.From == "" {
			t.Errorf("%s is %v %s from %q, want %v", f.Name, f.Value, f.Unit, f.From, w)
		}
	}
	// What was not measured is declared.
	declared := planned(t, PlanOptions{DVRUS: 3_600_000_000, Reports: []PlanReport{{Name: "a.json", Report: densityReport(5)}}}, map[string]int{"sd3": 1})
	if f := declared.Traffic[2]; !close1(f.Value, 2_140_000+856_000+430_000+128_000) || !strings.Contains(f.From, "declared") {
		t.Errorf("sd3 sends %v from %q", f.Value, f.From)
	}
	if f := declared.Traffic[4]; !close1(f.Value, 3_554_000/8*7200) {
		t.Errorf("an hour of DVR keeps %v bytes", f.Value)
	}
}

func TestPlanRefuses(t *testing.T) {
	hd5 := []PlanChannels{{profiles.Find("hd5"), 1}}
	good := PlanReport{Name: "a.json", Report: densityReport(5)}
	bare := densityReport(5)
	bare.Inputs = nil
	tests := map[string]PlanOptions{
		"no channels":   {Reports: []PlanReport{good}},
		"no report":     {Channels: hd5},
		"another kind":  {Channels: hd5, Reports: []PlanReport{{Name: "s.json", Report: &Report{Kind: KindSpeed, Speed: &Speed{}}}}},
		"without input": {Channels: hd5, Reports: []PlanReport{{Name: "b.json", Report: bare}}},
		"spare below 0": {Channels: hd5, Reports: []PlanReport{good}, Spare: -1},
	}
	for name, o := range tests {
		if _, err := MakePlan(o); rung.CodeOf(err) != rung.CodeInvalid || rung.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The page names the answer and where each figure comes from.
func TestPlanPage(t *testing.T) {
	r := NewReport(KindPlan, "v1", []string{"rung", "bench", "plan"}, Machine{})
	r.Plan = planned(t, PlanOptions{Spare: 1, Reports: []PlanReport{{Name: "a.json", Report: densityReport(5), Price: 0.5}}}, map[string]int{"hd5": 100, "sd3": 10})
	var text, html bytes.Buffer
	if err := NewPage(r).WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if err := NewPage(r).WriteHTML(&html); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"110 channels (100 of hd5, 10 of sd3) take 12 nodes like a.json", "a.json: scaled from hd5", "profile's declared rates", "a channel-hour"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), "THE MACHINE") || !strings.Contains(html.String(), "110 channels") {
		t.Errorf("the page is\n%s", text.String())
	}
}
