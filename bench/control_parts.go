package bench

import (
	"runtime/pprof"
	"strings"

	"github.com/google/pprof/profile"
)

// partOf says which part of the control plane the functions of a package do the work of.
var partOf = []struct{ prefix, part string }{
	{"rung/ingest", "ingest"}, {"rung/internal/mpegts", "ingest"}, {"rung/transcode", "worker"}, {"rung/packager", "packager"}, {"rung/store", "store"},
	{"rung/bench", "harness"}, {"rung/scheduler", "queue client"}, {"github.com/nats-io/nats-server/", "queue server"}, {"github.com/nats-io/nats.go", "queue client"},
	{"runtime.gcBgMarkWorker", "garbage collection"}, {"runtime.bgsweep", "garbage collection"}, {"runtime.bgscavenge", "garbage collection"},
	{"runtime.gcAssistAlloc", "garbage collection"}, {"runtime.mcall", "goroutine switching"}, {"runtime.mstart", "goroutine switching"},
}

// parts ends the profile and gives each part's share of this process' processor time.
func (p *controlProfile) parts() map[string]float64 {
	shares := map[string]float64{}
	if !p.running {
		return shares
	}
	pprof.StopCPUProfile()
	parsed, err := profile.ParseData(p.text.Bytes())
	if err != nil {
		return shares
	}
	all := 0.0
	for _, s := range parsed.Sample {
		n := float64(s.Value[0])
		shares[samplePart(s)] += n
		all += n
	}
	for part := range shares {
		shares[part] /= all
	}
	return shares
}

// samplePart is the part of the innermost function on a sample's stack that has one.
func samplePart(s *profile.Sample) string {
	for _, l := range s.Location {
		for _, line := range l.Line {
			for _, of := range partOf {
				if line.Function != nil && strings.HasPrefix(line.Function.Name, of.prefix) {
					return of.part
				}
			}
		}
	}
	return "other"
}
