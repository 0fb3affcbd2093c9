package bench

import (
	"context"
	"fmt"
	"path/filepath"

	"rung/profiles"
)

// estimateFill is how many segments each slot gets for an estimate.
const estimateFill = 3

// fitFactor is how much faster than real time a profile has to be encoded to count as one that fits: less leaves no time
// for anything else.
const fitFactor = 1.05

// estimate encodes each profile's first input unpaced, and reckons how many channels of the mix that makes.
func (m *densityRun) estimate(ctx context.Context) error {
	e := &m.density.Estimate
	parts, seconds := 0.0, 0.0
	for i, p := range m.Profiles {
		m.Progress.Begin(fmt.Sprintf("estimate: %s unpaced", p.Name), 0)
		in := inputsOf(m.Inputs, p.Name)[0]
		out, err := m.unpaced(ctx, p, in)
		if err != nil {
			return err
		}
		gradeScenes(&in, out.results)
		m.keepGrades(in)
		m.Progress.End(fmt.Sprintf("%.2f times real time", out.factor()))
		e.MediaUS += out.media.Microseconds()
		e.WallUS += out.wall.Microseconds()
		part := float64(m.Load.Mix[i].Parts)
		parts += part
		seconds += part / out.factor() // of the wall clock, for a second of content in each of the channels
	}
	e.RealTimeFactor = parts / seconds
	e.Channels = int(e.RealTimeFactor)
	return nil
}

// unpaced encodes an input, or the beginning of a long one.
func (m *densityRun) unpaced(ctx context.Context, p *profiles.Profile, in Input) (unpaced, error) {
	short, err := excerpt(in, filepath.Join(m.Scratch, "excerpt.ts"))
	if err != nil {
		return unpaced{}, err
	}
	run := unpacedRun{rig: m.Rig, slots: m.Slots, profile: p, input: short, fill: estimateFill}
	out, err := run.run(ctx)
	m.clock.sample()
	return out, err
}

// keepGrades puts what was measured of one input into all that have the same scenes.
func (m *densityRun) keepGrades(measured Input) {
	for i := range m.Inputs {
		if m.Inputs[i].Path == measured.Path {
			m.Inputs[i].Scenes = measured.Scenes
		}
	}
	shareGrades(m.Inputs, measured)
}

// fit looks for the largest built-in profile that the machine carries, where the one asked for is too much: those with
// fewer pixels, on the same pictures.
func (m *densityRun) fit(ctx context.Context) error {
	f := &Fitting{}
	m.density.Fitting = f
	in := m.Inputs[0]
	asked, err := resolve(m.Profiles[0], in)
	if err != nil {
		return err
	}
	best := int64(0)
	for _, p := range profiles.Builtin() {
		l, err := resolve(p, in)
		if err != nil {
			return err
		}
		whole := len(l.Video) == len(p.Video) // the pictures have room for all of its renditions
		if pixels := profiles.Pixels(l); !whole || pixels >= profiles.Pixels(asked) || pixels <= best {
			continue
		}
		m.Progress.Begin(fmt.Sprintf("does %s fit? unpaced", p.Name), 0)
		out, err := m.unpaced(ctx, p, in)
		if err != nil {
			return err
		}
		m.Progress.End(fmt.Sprintf("%.2f times real time", out.factor()))
		f.Tried = append(f.Tried, Tried{Profile: p.Name, RealTimeFactor: out.factor()})
		if out.factor() >= fitFactor {
			best, f.Profile, f.RealTimeFactor = profiles.Pixels(l), p.Name, out.factor()
		}
	}
	return nil
}
