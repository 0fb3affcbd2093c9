package bench

import (
	"context"
	"maps"
	"slices"
	"time"

	"rung"
	"rung/profiles"
)

// qualityVariant is one profile with one preset: a curve for each of its renditions.
type qualityVariant struct {
	profile *profiles.Profile
	preset  string // empty: the profile's own
	tasks   []rung.Task
	points  []qualitySetting
}

// variants plans the inputs for each profile and lays out the points.
func (o *QualityOptions) variants(ctx context.Context) ([]*qualityVariant, error) {
	presets := o.Presets
	if len(presets) == 0 {
		presets = []string{""}
	}
	several := len(o.Profiles)*len(presets) > 1
	var all []*qualityVariant
	for _, p := range o.Profiles {
		tasks, err := o.tasks(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, preset := range presets {
			if err := checkPreset(p, preset); err != nil {
				return nil, err
			}
			all = append(all, &qualityVariant{profile: p, preset: preset, tasks: tasks, points: o.settings(several)})
		}
	}
	return all, nil
}

// checkPreset holds the preset against each rendition's encoder, as if the profile had it.
func checkPreset(p *profiles.Profile, preset string) error {
	if preset == "" {
		return nil
	}
	with := *p
	with.Video = slices.Clone(p.Video)
	for i := range with.Video {
		with.Video[i].Preset = preset
	}
	return with.Check()
}

// settings are the points of each curve, the profile's own first.
func (o *QualityOptions) settings(several bool) []qualitySetting {
	all := []qualitySetting{{asWritten: true, capped: true}}
	for _, crf := range o.CRFs {
		all = append(all, qualitySetting{crf: crf, capped: o.Capped})
	}
	if len(o.CRFs) == 0 && several {
		for _, step := range crfSteps {
			all = append(all, qualitySetting{step: step, capped: o.Capped})
		}
	}
	return all
}

// tasks are the segments of all inputs, with the renditions that are to be measured.
func (o *QualityOptions) tasks(ctx context.Context, p *profiles.Profile) ([]rung.Task, error) {
	var all []rung.Task
	for _, in := range o.Inputs {
		tasks, err := o.Plan(ctx, p, in.Path)
		if err != nil {
			return nil, err
		}
		var taken time.Duration
		for _, t := range tasks {
			if o.Duration > 0 && taken >= o.Duration {
				break
			}
			taken += time.Duration(t.Ladder.Grid.Micros(t.Interval.Frames)) * time.Microsecond
			if t.Ladder.Video, err = o.chosen(p, t.Ladder.Video); err != nil {
				return nil, err
			}
			t.Ladder.Audio = nil
			all = append(all, t)
		}
	}
	return all, nil
}

// chosen picks the renditions that are to be measured.
func (o *QualityOptions) chosen(p *profiles.Profile, ladder []rung.VideoRendition) ([]rung.VideoRendition, error) {
	kept := slices.DeleteFunc(slices.Clone(ladder), func(r rung.VideoRendition) bool {
		return len(o.Renditions) > 0 && !slices.Contains(o.Renditions, r.ID)
	})
	if len(kept) == 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "`rung profile check` shows what a profile gives for a source", "profile %q has no rendition %v for the input", p.Name, o.Renditions)
	}
	return kept, nil
}

// task is a segment's with the variant's preset and a point's setting.
func (v *qualityVariant) task(segment int, s qualitySetting) rung.Task {
	t := v.tasks[segment]
	t.Ladder.Video = slices.Clone(t.Ladder.Video)
	for i := range t.Ladder.Video {
		r := &t.Ladder.Video[i]
		r.Params = maps.Clone(r.Params)
		if v.preset != "" {
			r.Preset = v.preset
		}
		if s.asWritten {
			continue
		}
		if s.crf > 0 {
			r.CRF = s.crf
		} else {
			r.CRF += s.step
		}
		r.BitRate = 0
		if !s.capped {
			r.MaxRate, r.BufSize = 0, 0
		}
	}
	return t
}

// curves begins the variant's curves, one for each rendition of its first task.
func (v *qualityVariant) curves() []QualityCurve {
	var all []QualityCurve
	name := v.profile.Name
	if v.preset != "" {
		name += "/" + v.preset
	}
	t := v.task(0, qualitySetting{asWritten: true})
	for _, r := range t.Ladder.Video {
		all = append(all, QualityCurve{Variant: name, Profile: v.profile.Name, Preset: r.Preset, Rendition: r.ID, Codec: r.Codec, Width: r.Width, Height: r.Height,
			FrameRate: t.Ladder.Grid.Rate, Params: r.Params})
	}
	return all
}
