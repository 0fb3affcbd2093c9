package bench

import (
	"time"

	"rung"
	"rung/profiles"
)

// DensityOptions say what MeasureDensity measures. All but those with a default are needed.
type DensityOptions struct {
	Load     Load
	Profiles []*profiles.Profile // of Load.Mix, in its order
	Inputs   []Input
	Rig      Rig
	Peer     *FFmpeg // also measure what this program carries; nil: not
	Duration time.Duration
	Target   float64       // share of segments that must be listed within their deadline
	Max      int           // channels that are tried at the most; 0: no bound
	Counts   []int         // rising numbers of channels to run in place of a search; nil: search
	Slots    int           // 0: one for each core, at least two
	Repeat   int           // searches; 0: 1
	Search   time.Duration // of a brief run; 0: a third of Duration, at least 20 s, at most Duration
	Scratch  string        // a folder for what is thrown away
	Progress Progress

	unprofiled bool // the control plane is not divided: the runtime's profiler needs real time, which a simulation has not
}

// briefLeast is the shortest run that tells anything of a load: a deadline is three segments.
const briefLeast = 20 * time.Second

// noMax is more channels than a machine has.
const noMax = 1 << 16

func (o *DensityOptions) check() error {
	switch {
	case len(o.Load.Mix) == 0 || len(o.Load.Mix) != len(o.Profiles):
		return rung.Errorf(rung.CodeInternal, "", "density: %d profiles for a mix of %d", len(o.Profiles), len(o.Load.Mix))
	case o.Duration < time.Second:
		return rung.Errorf(rung.CodeInvalid, "60s is usual", "--duration %v is under a second", o.Duration)
	case o.Target <= 0 || o.Target > 1:
		return rung.Errorf(rung.CodeInvalid, "0.999 is usual", "--target %v is not over 0 and up to 1", o.Target)
	case len(o.Counts) > 0 && (o.Counts[0] < 1 || o.Counts[len(o.Counts)-1] > noMax || !rising(o.Counts)):
		return rung.Errorf(rung.CodeInvalid, "such as --channels 1,2,4,8,16", "--channels %s are not rising numbers from 1 to %d", joinInts(o.Counts), noMax)
	case len(o.Counts) > 0 && o.Max > 0:
		return rung.Errorf(rung.CodeInvalid, "leave one of them out", "--channels and --max exclude each other")
	case o.Max < 0 || o.Repeat < 0 || o.Slots < 0:
		return rung.Errorf(rung.CodeInvalid, "", "--max %d, --repeat %d and --slots %d must not be below 0", o.Max, o.Repeat, o.Slots)
	}
	switch {
	case len(o.Counts) > 0:
		o.Max = o.Counts[len(o.Counts)-1]
	case o.Max == 0:
		o.Max = noMax
	}
	if o.Repeat == 0 {
		o.Repeat = 1
	}
	if o.Search == 0 {
		o.Search = min(max(o.Duration/3, briefLeast), o.Duration)
	}
	return nil
}

func rising(numbers []int) bool {
	for i := 1; i < len(numbers); i++ {
		if numbers[i] <= numbers[i-1] {
			return false
		}
	}
	return true
}
