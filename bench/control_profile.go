package bench

import (
	"bytes"
	"runtime/pprof"

	"github.com/google/pprof/profile"
)

// controlProfile divides this process' own processor time among ingest, store, the harness and the rest of the control
// plane, by the functions that were found running a hundred times a second.
type controlProfile struct {
	text    bytes.Buffer
	running bool
}

// startControlProfile begins to look. Where it is not to, or the process is profiled already, all its time will count as
// control.
func startControlProfile(not bool) *controlProfile {
	p := &controlProfile{}
	p.running = !not && pprof.StartCPUProfile(&p.text) == nil
	return p
}

// stop gives each stage's share of this process' time.
func (p *controlProfile) stop() map[string]float64 {
	if !p.running {
		return map[string]float64{stageControl: 1}
	}
	pprof.StopCPUProfile()
	parsed, err := profile.Parse(&p.text)
	if err != nil {
		return map[string]float64{stageControl: 1}
	}
	return controlShares(parsed)
}

// controlShares adds up a profile's samples by stage. Stacks without a function of ours, the queue's server and the garbage
// collector among them, are control.
func controlShares(p *profile.Profile) map[string]float64 {
	shares := profileShares(p, stageOf, stageControl)
	if len(shares) == 0 {
		return map[string]float64{stageControl: 1}
	}
	return shares
}

// stageOf says which stage the functions of a package do the work of; packages not named are control.
var stageOf = []packagePart{
	{"rung/ingest", stageIngest}, {"rung/internal/mpegts", stageIngest}, {"rung/store", stageStore}, {"rung/bench", stageHarness},
	{"rung/", stageControl}, {"main.", stageControl},
}
