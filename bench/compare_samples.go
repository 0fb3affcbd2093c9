package bench

import (
	"fmt"
	"slices"
)

// sampled is one figure as several runs have it.
type sampled struct {
	name   string
	unit   string
	better Direction
	exact  bool // the same input gives the same value each time
	values []float64
}

// samples collects figures in the order in which they turn up.
type samples struct{ all []sampled }

func (s *samples) add(name, unit string, better Direction, values ...float64) {
	s.put(sampled{name: name, unit: unit, better: better, values: values})
}

func (s *samples) addExact(name, unit string, better Direction, values ...float64) {
	s.put(sampled{name: name, unit: unit, better: better, exact: true, values: values})
}

func (s *samples) put(f sampled) {
	i := slices.IndexFunc(s.all, func(have sampled) bool { return have.name == f.name })
	if i < 0 {
		s.all = append(s.all, f)
		return
	}
	s.all[i].values = append(s.all[i].values, f.values...)
}

// collect reads the figures of one side's reports. What is measured at a number of channels is taken at the one that both
// sides have run.
func collect(kind Kind, reports, others []*Report) []sampled {
	var s samples
	common := commonChannels(reports, others)
	for _, r := range reports {
		switch kind {
		case KindDensity:
			s.density(r.Density, common)
		case KindSpeed:
			s.speed(r.Speed)
		case KindQuality:
			s.quality(r.Quality)
		}
	}
	return s.all
}

// commonChannels is the largest number of channels that every report has a sustained run of; 0 where there is none.
func commonChannels(reports, others []*Report) int {
	all := slices.Concat(reports, others)
	best := 0
	for _, r := range all {
		if r.Density == nil {
			return 0
		}
		for _, t := range r.Density.Trials {
			everywhere := !slices.ContainsFunc(all, func(o *Report) bool { return o.Density == nil || len(o.Density.sustained(t.Channels)) == 0 })
			if everywhere {
				best = max(best, t.Channels)
			}
		}
	}
	return best
}

// sustained are the full runs of a number of channels.
func (d *Density) sustained(channels int) []Trial {
	return slices.DeleteFunc(slices.Clone(d.Trials), func(t Trial) bool { return t.Channels != channels || !t.Sustained })
}

func (s *samples) density(d *Density, common int) {
	for _, n := range d.Spread.Answers {
		s.add("channels carried", "", MoreIsBetter, float64(n))
	}
	s.add("channels recommended", "", MoreIsBetter, float64(d.Recommended))
	s.add("unpaced, real time", "x", MoreIsBetter, d.Estimate.RealTimeFactor)
	if common == 0 {
		return
	}
	at := ", " + channelsText(common)
	for _, t := range d.sustained(common) {
		channelSeconds := float64(t.Channels) * float64(t.DurationUS) / 1e6
		s.add("p50 latency"+at, "ms", LessIsBetter, float64(t.Latency.P50US)/1e3)
		s.add("p99 latency"+at, "ms", LessIsBetter, float64(t.Latency.P99US)/1e3)
		s.add("cores busy"+at, "", LessIsBetter, t.BusyCores)
		s.add("memory at peak"+at, "MiB", LessIsBetter, float64(t.Memory.Peak)/(1<<20))
		for _, stage := range t.Stages {
			s.add(stage.Stage+" for a second of a channel", "ms", LessIsBetter, float64(stage.CPUUS)/1e3/channelSeconds)
		}
		for _, r := range t.Renditions {
			s.add(fmt.Sprintf("%s %s mean rate", r.Profile, r.ID), "kbit/s", LessIsBetter, float64(r.BitRate)/1e3)
		}
	}
}

func (s *samples) speed(v *Speed) {
	for _, r := range v.Runs {
		setting := fmt.Sprintf(", %d slots, %d threads", r.Slots, r.Threads)
		s.add("real time"+setting, "x", MoreIsBetter, r.RealTimeFactor)
		s.add("processor time"+setting, "s", LessIsBetter, float64(r.CPUUS)/1e6)
		s.add("memory at peak"+setting, "MiB", LessIsBetter, float64(r.Peak)/(1<<20))
	}
}

func (s *samples) quality(q *Quality) {
	for _, c := range q.Curves {
		for _, p := range c.Points {
			name := fmt.Sprintf("%s %s, CRF %v", c.Variant, c.Rendition, p.CRF)
			if p.AsWritten {
				name = fmt.Sprintf("%s %s, as written", c.Variant, c.Rendition)
			}
			s.addExact(name+", rate", "kbit/s", LessIsBetter, float64(p.BitRate)/1e3)
			s.addExact(name+", XPSNR", "dB", MoreIsBetter, p.Quality.XPSNR.All)
			pictures := float64(max(1, p.Quality.Pictures))
			each := p.EncodeCPUUSEach
			if len(each) == 0 {
				each = []int64{p.EncodeCPUUS}
			}
			for _, us := range each {
				s.add(name+", CPU a picture", "ms", LessIsBetter, float64(us)/1e3/pictures)
			}
		}
	}
}
