package bench

import (
	"context"
	"fmt"
	"math"
	"time"

	"golang.org/x/sync/errgroup"

	"rung"
	"rung/profiles"
)

// unpacedRun encodes an input as fast as a platform can, as jobs: what a profile costs.
type unpacedRun struct {
	rig     Rig
	slots   int
	profile *profiles.Profile
	input   Input
	// fill is how many segments each slot is to get at least, so that the slots that end first do not wait for long; the
	// input is encoded as often as that takes.
	fill int
}

// unpaced is what came of one.
type unpaced struct {
	media, wall time.Duration
	cpu         cpuUse
	memory      MemoryFigures
	results     []rung.Result
}

// factor is the real-time factor.
func (u unpaced) factor() float64 { return u.media.Seconds() / u.wall.Seconds() }

func (u *unpacedRun) run(ctx context.Context) (unpaced, error) {
	rec := NewRecorder()
	platform, err := u.rig.Open(ctx, PlatformOptions{Slots: u.slots, Profiles: []*profiles.Profile{u.profile}, Recorder: rec})
	if err != nil {
		return unpaced{}, err
	}
	ladder, err := resolve(u.profile, u.input)
	if err != nil {
		return unpaced{}, err
	}
	segments := max(1, u.input.DurationUS/max(1, ladder.Grid.Micros(ladder.Grid.SegmentFrames)))
	copies := int(math.Ceil(float64(u.fill*u.slots) / float64(segments)))
	out := unpaced{}
	err = during(ctx, platform, func(ctx context.Context) error {
		memory, before, from := watchTree(), readCPU(), time.Now()
		err := u.encode(ctx, platform, max(1, copies))
		to := time.Now()
		out.wall, out.cpu, out.memory = to.Sub(from), readCPU().since(before), memory.stop(1)
		out.results, _ = rec.encodedBetween(from, to.Add(time.Second))
		return err
	})
	for _, r := range out.results {
		out.media += time.Duration(rung.Rescale(r.Interval.Frames, r.Rate.Inverse(), rung.Rational{Num: 1, Den: int64(time.Second)}))
	}
	if err == nil && out.media == 0 {
		err = rung.Errorf(rung.CodeInternal, "run it with --log-level info", "nothing was encoded of %s", u.input.Name)
	}
	return out, err
}

// encode runs the jobs side by side.
func (u *unpacedRun) encode(ctx context.Context, platform Platform, copies int) error {
	g, ctx := errgroup.WithContext(ctx)
	for i := range copies {
		job := rung.Job{ID: fmt.Sprintf("bench-%d", i), Input: u.input.Path, Profile: u.profile.Name, State: rung.JobQueued, Created: time.Now().UTC()}
		g.Go(func() error { return platform.Encode(ctx, job) })
	}
	return g.Wait()
}

// gradeScenes measures how hard an input's scenes are by the segments that lie in each of them, on the widest rendition.
func gradeScenes(in *Input, results []rung.Result) {
	for i := range in.Scenes {
		s := &in.Scenes[i]
		var bits, pixels int64
		for _, r := range results {
			if r.Interval.First < s.First || r.Interval.End() > s.First+s.Frames || len(r.Tracks) == 0 || r.Tracks[0].Type != "video" {
				continue
			}
			t := r.Tracks[0]
			bits += 8 * t.Bytes
			pixels += t.Frames * int64(t.Width) * int64(t.Height)
		}
		if pixels > 0 {
			s.EncodedBitsPerPixel = math.Round(float64(bits)/float64(pixels)*1e4) / 1e4
		}
	}
}

// shareGrades gives scenes of the same grade in other inputs of the profile what was measured in one of them.
func shareGrades(inputs []Input, from Input) {
	for i := range inputs {
		if inputs[i].Profile != from.Profile {
			continue
		}
		for j := range inputs[i].Scenes {
			s := &inputs[i].Scenes[j]
			for _, measured := range from.Scenes {
				if s.Grade != "" && s.Grade == measured.Grade {
					s.EncodedBitsPerPixel = measured.EncodedBitsPerPixel
				}
			}
		}
	}
}
