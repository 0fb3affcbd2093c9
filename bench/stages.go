package bench

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"rung"
)

// The stages that the rung process does, and what the engines spend outside of their own.
const (
	stageIngest  = "ingest"
	stageStore   = "store"
	stageControl = "control"
	stageHarness = "harness"
	stageEngine  = "engine"
)

// stageCosts divides what a run used among its stages. The engines tell what each stage of each segment took; a segment
// that was begun before the run or ended after it has a part of its time outside, so the engines' stages are scaled to
// what the kernel says they used while the run lasted.
func stageCosts(used cpuUse, control map[string]float64, results []rung.Result) []StageCost {
	us := map[string]float64{}
	var told float64
	for _, r := range results {
		stages := int64(0)
		for stage, n := range r.Stats.StageUS {
			us[stage] += float64(n)
			stages += n
		}
		us[stageEngine] += float64(max(0, r.Stats.CPUUS-stages))
		told += float64(max(r.Stats.CPUUS, stages))
	}
	if told > 0 {
		scale := float64(used.children.Microseconds()) / told
		for stage := range us {
			us[stage] *= scale
		}
	} else {
		us[stageEngine] = float64(used.children.Microseconds())
	}
	for stage, share := range control {
		us[stage] += share * float64(used.self.Microseconds())
	}
	return sortedCosts(us, used.total())
}

func sortedCosts(us map[string]float64, total time.Duration) []StageCost {
	var all []StageCost
	for _, stage := range slices.Sorted(maps.Keys(us)) {
		c := StageCost{Stage: stage, CPUUS: int64(us[stage])}
		if total > 0 {
			c.Share = us[stage] / float64(total.Microseconds())
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b StageCost) int { return cmp.Compare(stagePlace(a.Stage), stagePlace(b.Stage)) })
	return all
}

// stageOrder is the way of the data.
var stageOrder = []string{stageIngest, "decode", "deinterlace", "scale", "encode", "audio", "mux", stageEngine, stageStore, stageControl, stageHarness}

func stagePlace(stage string) int {
	for i, s := range stageOrder {
		if len(stage) >= len(s) && stage[:len(s)] == s {
			return i
		}
	}
	return len(stageOrder)
}
