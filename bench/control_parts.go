package bench

import (
	"runtime/pprof"

	"github.com/google/pprof/profile"
)

// partOf says which part of the control plane the functions of a package do the work of.
var partOf = []packagePart{
	{"rung/ingest", "ingest"}, {"rung/internal/mpegts", "ingest"}, {"rung/transcode", "worker"}, {"rung/packager", "packager"}, {"rung/store", "store"},
	{"rung/bench", "harness"}, {"rung/scheduler", "queue client"}, {"github.com/nats-io/nats-server/", "queue server"}, {"github.com/nats-io/nats.go", "queue client"},
	{"runtime.gcBgMarkWorker", "garbage collection"}, {"runtime.bgsweep", "garbage collection"}, {"runtime.bgscavenge", "garbage collection"},
	{"runtime.gcAssistAlloc", "garbage collection"}, {"runtime.mcall", "goroutine switching"}, {"runtime.mstart", "goroutine switching"},
}

// parts ends the profile and gives each part's share of this process' processor time.
func (p *controlProfile) parts() map[string]float64 {
	if !p.running {
		return nil
	}
	pprof.StopCPUProfile()
	parsed, err := profile.ParseData(p.text.Bytes())
	if err != nil {
		return nil
	}
	return profileShares(parsed, partOf, "other")
}
