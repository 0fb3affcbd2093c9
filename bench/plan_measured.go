package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"rung"
	"rung/profiles"
)

// planMeasured is what a report says of the cost of channels.
type planMeasured struct {
	PlanReport
	density *Density
	trial   *Trial
	rest    float64 // cores that a channel takes besides its encoders
	source  rung.VideoInfo
}

// newPlanMeasured reads a report.
func newPlanMeasured(r PlanReport) planMeasured {
	m := planMeasured{PlanReport: r, density: r.Report.Density, trial: r.Report.Density.AnswerTrial()}
	in := r.Report.Inputs[0]
	m.source = rung.VideoInfo{Width: in.Width, Height: in.Height, FrameRate: in.FrameRate, Interlaced: in.Interlaced}
	m.rest = max(0, m.perChannel()-m.meanEncoders())
	return m
}

// perChannel is the processor time of a channel of the report's load in a second, in cores.
func (m planMeasured) perChannel() float64 {
	if m.density.Channels == 0 && m.density.Estimate.RealTimeFactor > 0 {
		// One channel was too much, so the run was short of time: what it would take shows unpaced.
		return float64(m.Report.Machine.Cores) / m.density.Estimate.RealTimeFactor
	}
	return m.trial.BusyCores / float64(max(1, m.trial.Channels))
}

// meanEncoders is the encoders' part of that, over the profiles of the load.
func (m planMeasured) meanEncoders() float64 {
	parts, sum := 0, 0.0
	for _, s := range m.density.Load.Mix {
		parts += s.Parts
		sum += float64(s.Parts) * m.encoders(s.Profile)
	}
	return sum / float64(max(1, parts))
}

// encoders is the measured processor time of a profile's encoders, in cores; 0 if it was not in the load.
func (m planMeasured) encoders(profile string) float64 {
	sum := 0.0
	for _, r := range m.trial.Renditions {
		if r.Profile == profile && r.Type == "video" && r.MediaUS > 0 {
			sum += float64(r.EncodeCPUUS) / float64(r.MediaUS)
		}
	}
	return sum
}

// has reports whether the profile was in the load.
func (m planMeasured) has(profile string) bool {
	return slices.ContainsFunc(m.density.Load.Mix, func(s Share) bool { return s.Profile == profile })
}

// budget is the processor time that may be used: the report's headroom left free, and never more than was carried.
func (m planMeasured) budget() PlanFigure {
	cores := float64(m.Report.Machine.Cores)
	f := PlanFigure{Name: "processor budget", Unit: "cores", Value: cores * (1 - m.density.Headroom),
		From: fmt.Sprintf("%s: %d cores, rule: %.0f%% headroom", m.Name, m.Report.Machine.Cores, 100*m.density.Headroom)}
	if m.density.Channels == 0 {
		f.From += "; it carried no channel alone, so its channels are shared with other nodes"
		return f
	}
	if carried := float64(m.density.Channels) * m.perChannel(); carried < f.Value && m.atLimit() {
		f.Value = carried
		f.From = fmt.Sprintf("%s: what its %s took", m.Name, channelsText(m.density.Channels))
	}
	return f
}

// atLimit reports whether the report tried more channels than it carried.
func (m planMeasured) atLimit() bool {
	return slices.ContainsFunc(m.density.Trials, func(t Trial) bool { return t.Channels > m.density.Channels && !t.Held })
}

// cost is what a channel of a profile takes.
func (m planMeasured) cost(p *profiles.Profile) (PlanCost, error) {
	c := PlanCost{Profile: p.Name}
	switch {
	case m.has(p.Name) && m.density.Channels == 0:
		c.Cores, c.From = m.encoders(p.Name)+m.rest, m.Name+": measured, unpaced"
	case m.has(p.Name):
		c.Cores, c.From = m.encoders(p.Name)+m.rest, m.Name+": measured"
	default:
		return m.scaled(p)
	}
	return c, nil
}

// scaled estimates a profile that was not measured: each rendition costs what the measured one of the nearest size costs
// for a pixel, and what comes besides the encoders grows with the source.
func (m planMeasured) scaled(p *profiles.Profile) (PlanCost, error) {
	c := PlanCost{Profile: p.Name}
	source := m.sourceFor(p)
	ladder, err := p.Resolve(&source, []rung.AudioInfo{{}})
	if err != nil {
		return c, err
	}
	same := 0
	for _, v := range ladder.Video {
		near := m.nearest(v)
		if near == nil {
			return c, rung.Errorf(rung.CodeInvalid, "measure a profile with video", "report %q has no video rendition to scale profile %q from", m.Name, p.Name)
		}
		if near.Width == v.Width && near.Height == v.Height {
			same++
		}
		measured := float64(near.Width*near.Height) * near.FrameRate.Float()
		c.Cores += float64(near.EncodeCPUUS) / float64(near.MediaUS) * float64(v.Width*v.Height) * ladder.Grid.Rate.Float() / measured
		if c.Caution == "" {
			c.Caution = m.unlike(v, near)
		}
	}
	c.Cores += m.rest * float64(source.Width*source.Height) / float64(m.source.Width*m.source.Height)
	c.From = fmt.Sprintf("%s: scaled from %s, %d of %d renditions of the same size", m.Name, m.density.Load.Name(), same, len(ladder.Video))
	return c, nil
}

// sourceFor is the report's source, or one as large as a profile's largest rendition where that is larger.
func (m planMeasured) sourceFor(p *profiles.Profile) rung.VideoInfo {
	source := m.source
	for _, r := range p.Video {
		if r.Size.Width*r.Size.Height > source.Width*source.Height {
			source.Width, source.Height = r.Size.Width, r.Size.Height
		}
	}
	return source
}

// nearest is the measured rendition whose size is nearest to v's, as a ratio.
func (m planMeasured) nearest(v rung.VideoRendition) *RenditionResult {
	var all []*RenditionResult
	for i := range m.trial.Renditions {
		if r := &m.trial.Renditions[i]; r.Type == "video" && r.MediaUS > 0 && r.EncodeCPUUS > 0 && r.Width*r.Height > 0 {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return nil
	}
	far := func(r *RenditionResult) float64 {
		return math.Abs(math.Log(float64(r.Width*r.Height) / float64(v.Width*v.Height)))
	}
	return slices.MinFunc(all, func(a, b *RenditionResult) int { return cmp.Compare(far(a), far(b)) })
}

// unlike says how a rendition is encoded otherwise than the measured one, as far as that profile is known.
func (m planMeasured) unlike(v rung.VideoRendition, near *RenditionResult) string {
	p := m.Profiles[near.Profile]
	if p == nil {
		return fmt.Sprintf("profile %s, which was measured, is not known here: it is taken to have the same encoders and presets.", near.Profile)
	}
	i := slices.IndexFunc(p.Video, func(r profiles.Rendition) bool { return r.Name == near.ID })
	if i < 0 {
		return ""
	}
	if r := p.Video[i]; r.Codec != v.Codec || r.Preset != v.Preset {
		return fmt.Sprintf("%s is encoded by %s %s, the measured %s by %s %s: measure it before you buy.", v.ID, v.Codec, v.Preset, near.ID, r.Codec, r.Preset)
	}
	return ""
}
