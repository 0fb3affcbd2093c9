package main

import (
	"context"
	"log/slog"
	"slices"

	"rung"
	"rung/bench"
	"rung/profiles"
)

// benchSpeed is `rung bench speed`.
type benchSpeed struct {
	benchFlags

	Profile string `help:"Profile to encode: built in, or a YAML file." default:"hd5" short:"p"`
	Slots   []int  `help:"Numbers of slots to try (default: from one to twice the cores)." placeholder:"N"`
	Threads []int  `help:"Numbers of threads of each encoder to try (default: 1, and more at the best slots)." placeholder:"N"`
}

// Run measures, and writes the report.
func (c *benchSpeed) Run(ctx context.Context, g *globals) error {
	if slices.ContainsFunc(append(c.Slots[:len(c.Slots):len(c.Slots)], c.Threads...), func(n int) bool { return n < 1 || n > 1024 }) {
		return rung.Errorf(rung.CodeInvalid, "such as --slots 2,4 --threads 1,2", "--slots %v or --threads %v has a number that is not from 1 to 1024", c.Slots, c.Threads)
	}
	profile, err := loadProfile(c.Profile)
	if err != nil {
		return err
	}
	scratch, remove, err := benchScratch()
	if err != nil {
		return err
	}
	defer remove()
	r, err := newBenchReport(ctx, g, bench.KindSpeed, c.Engine)
	if err != nil {
		return err
	}
	o := bench.SpeedOptions{Profile: profile, Slots: c.Slots, Threads: c.Threads, Scratch: scratch, Progress: newBenchProgress(g),
		Rig: &benchRig{scratch: scratch, engine: c.Engine, logger: g.logger(slog.LevelError)}}
	if o.Inputs, err = c.makeInputs(ctx, o.Progress, []*profiles.Profile{profile}); err != nil {
		return err
	}
	if err := bench.MeasureSpeed(ctx, r, o); err != nil {
		return err
	}
	return publishReport(g, r, c.Out)
}
