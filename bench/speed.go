package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"rung/profiles"
	"rung/transcode"
)

// SpeedOptions say what MeasureSpeed measures. All but those with a default are needed.
type SpeedOptions struct {
	Profile  *profiles.Profile
	Inputs   []Input // the first is encoded
	Rig      Rig
	Slots    []int // that are tried; none: from one to twice the cores
	Threads  []int // of each encoder; none: 1, and at the best slots 2 and 4 where there are as many cores
	Scratch  string
	Progress Progress
}

// speedFill is how many segments each slot gets at least.
const speedFill = 3

// nearlyAsFast is how close to the fastest a setting has to be to be taken for as fast: such machines drift by more from
// one minute to the next.
const nearlyAsFast = 0.97

// MeasureSpeed encodes the same content by one setting after another, and fills the report's speed.
func MeasureSpeed(ctx context.Context, r *Report, o SpeedOptions) error {
	cores := transcode.ReadMachine().Cores
	if len(o.Slots) == 0 {
		o.Slots = slotSettings(cores)
	}
	s := &Speed{Profile: o.Profile.Name}
	m := &speedRun{SpeedOptions: o, speed: s, most: speedFill * slices.Max(o.Slots)}
	if err := m.measureAll(ctx, cores); err != nil {
		return err
	}
	s.Best = bestRun(s.Runs)
	s.Config = configLines(s.Runs[s.Best])
	r.Speed, r.Inputs = s, []Input{m.graded}
	return nil
}

// speedRun is a measurement that goes on.
type speedRun struct {
	SpeedOptions
	speed  *Speed
	most   int // segments that each run encodes at least: the same for all
	graded Input
}

// measureAll tries every setting that was asked for; where threads were not, only those that may be worth it.
func (m *speedRun) measureAll(ctx context.Context, cores int) error {
	threads := m.Threads
	if len(threads) == 0 {
		threads = []int{1}
	}
	for _, t := range threads {
		for _, slots := range m.Slots {
			if err := m.measure(ctx, slots, t); err != nil {
				return err
			}
		}
	}
	if len(m.Threads) > 0 {
		return nil
	}
	best := m.speed.Runs[bestRun(m.speed.Runs)].Slots
	for t := 2; t <= min(cores, 4); t *= 2 {
		if err := m.measure(ctx, best, t); err != nil {
			return err
		}
		if fewer := best / t; fewer > 0 && fewer < best {
			if err := m.measure(ctx, fewer, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// slotSettings are the numbers of slots that are tried on a machine of so many cores.
func slotSettings(cores int) []int {
	all := []int{1, cores / 2, cores, cores * 3 / 2, cores * 2}
	if cores == 1 {
		all = append(all, 3)
	}
	all = slices.DeleteFunc(all, func(n int) bool { return n < 1 })
	slices.Sort(all)
	return slices.Compact(all)
}

func (m *speedRun) measure(ctx context.Context, slots, threads int) error {
	m.Progress.Begin(fmt.Sprintf("%d slots, %d threads an encoder", slots, threads), 0)
	in, err := excerpt(m.Inputs[0], filepath.Join(m.Scratch, "excerpt.ts"))
	if err != nil {
		return err
	}
	p := withThreads(m.Profile, threads)
	run := unpacedRun{rig: m.Rig, slots: slots, profile: p, input: in, fill: (m.most + slots - 1) / slots}
	out, err := run.run(ctx)
	if err != nil {
		return err
	}
	m.speed.MediaUS = out.media.Microseconds()
	m.speed.Runs = append(m.speed.Runs, SpeedRun{Slots: slots, Threads: threads, WallUS: out.wall.Microseconds(), CPUUS: out.cpu.total().Microseconds(),
		Peak: out.memory.Peak, RealTimeFactor: out.factor()})
	m.Progress.End(fmt.Sprintf("%.2f times real time", out.factor()))
	if m.graded.Path == "" {
		m.graded = m.Inputs[0]
		gradeScenes(&m.graded, out.results)
	}
	return nil
}

// withThreads is the profile with so many threads in each encoder. It has a name of its own, since a stored profile does
// not stand in for a built-in one.
func withThreads(p *profiles.Profile, threads int) *profiles.Profile {
	q := *p
	q.Name = fmt.Sprintf("speed-%d", threads)
	q.Video = slices.Clone(p.Video)
	for i := range q.Video {
		q.Video[i].Threads = threads
	}
	return &q
}

// bestRun is the index of the run to recommend: of those that are about as fast as the fastest, the one that takes least
// processor time.
func bestRun(runs []SpeedRun) int {
	fastest := 0.0
	for _, r := range runs {
		fastest = max(fastest, r.RealTimeFactor)
	}
	best := -1
	for i, r := range runs {
		if r.RealTimeFactor >= fastest*nearlyAsFast && (best < 0 || r.CPUUS < runs[best].CPUUS) {
			best = i
		}
	}
	return best
}

// configLines are what makes a setting the node's: of its configuration file, and of each rendition in the profile.
func configLines(r SpeedRun) []string {
	lines := []string{"# rung.yaml", fmt.Sprintf("slots: %d", r.Slots)}
	if r.Threads > 1 {
		lines = append(lines, "# profile, in each line of video", fmt.Sprintf("threads: %d", r.Threads))
	}
	return lines
}
