package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"rung"
	"rung/bench"
	"rung/profiles"
	"rung/transcode"
)

// benchDensity is `rung bench density`.
type benchDensity struct {
	benchFlags

	Profile  string        `help:"Profile of every channel: built in, or a YAML file (default: hd5 on four cores and more, else sd3)." short:"p"`
	Mix      string        `help:"Profiles in a proportion, such as hd5:3,sd3:5, in place of --profile." placeholder:"MIX"`
	Duration rung.Duration `help:"How long a sustained run is measured for, after its warm-up." default:"60s"`
	Target   float64       `help:"Share of segments that must be listed within their deadline." default:"0.999"`
	Max      int           `help:"Channels that are tried at the most (0: as many as it takes)."`
	Channels []int         `help:"Run these numbers of channels in place of a search, until one does not hold: what a channel costs by their number." placeholder:"1,2,4,..."`
	Repeat   int           `help:"Search so often, and say how far the answers lie apart." default:"1"`
	Slots    int           `help:"Segments encoded at a time (0: what the cores carry)." env:"RUNG_SLOTS"`
	Store    string        `help:"Store to publish to: a folder or s3://bucket/prefix?... (default: a temporary folder)." placeholder:"URL"`
	Against  string        `help:"Measure this too: ffmpeg, one process a channel." enum:",ffmpeg" default:"" placeholder:"ffmpeg"`
	FFmpeg   string        `name:"ffmpeg" help:"The ffmpeg program for --against (default: on PATH)." placeholder:"FILE"`
}

// Run measures, and writes the report.
func (c *benchDensity) Run(ctx context.Context, g *globals) error {
	load, all, err := c.load()
	if err != nil {
		return err
	}
	scratch, remove, err := benchScratch()
	if err != nil {
		return err
	}
	defer remove()
	r, err := newBenchReport(ctx, g, bench.KindDensity, c.Engine)
	if err != nil {
		return err
	}
	o := bench.DensityOptions{Load: load, Profiles: all, Duration: c.Duration.D(), Target: c.Target, Max: c.Max, Counts: c.Channels, Slots: c.Slots, Repeat: c.Repeat, Scratch: scratch,
		Rig: &benchRig{scratch: scratch, store: c.Store, engine: c.Engine, logger: g.logger(slog.LevelError)}, Progress: newBenchProgress(g)}
	if c.Against != "" {
		if o.Peer, err = bench.FindFFmpeg(ctx, c.FFmpeg); err != nil {
			return err
		}
	}
	if o.Inputs, err = c.makeInputs(ctx, o.Progress, all); err != nil {
		return err
	}
	if err := bench.MeasureDensity(ctx, r, o); err != nil {
		return err
	}
	return publishReport(g, r, c.Out)
}

// makeInputs makes the user's files ready, or the built-in mix for each profile.
func (f *benchFlags) makeInputs(ctx context.Context, p bench.Progress, all []*profiles.Profile) ([]bench.Input, error) {
	cache, err := benchCache()
	if err != nil {
		return nil, err
	}
	engine := transcode.EngineOptions{Path: f.Engine}
	p.Begin("making the inputs ready", 0)
	var inputs []bench.Input
	if files := f.inputs(); len(files) > 0 {
		if inputs, err = bench.Recordings(ctx, cache, files, engine); err != nil {
			return nil, err
		}
	} else {
		for _, profile := range all {
			mix, err := bench.Mix(ctx, cache, profile, engine)
			if err != nil {
				return nil, err
			}
			inputs = append(inputs, mix...)
		}
	}
	p.End(fmt.Sprintf("%d files", len(inputs)))
	return inputs, nil
}

// load reads --profile and --mix.
func (c *benchDensity) load() (bench.Load, []*profiles.Profile, error) {
	var l bench.Load
	switch {
	case c.Profile != "" && c.Mix != "":
		return l, nil, rung.Errorf(rung.CodeInvalid, "give one of them", "--profile and --mix exclude each other")
	case c.Mix == "" && c.Profile == "":
		c.Profile, l.Chosen = defaultBenchProfile(transcode.ReadMachine().Cores)
	}
	parts := []string{c.Profile + ":1"}
	if c.Mix != "" {
		parts = strings.Split(c.Mix, ",")
	}
	var all []*profiles.Profile
	for _, part := range parts {
		name, count, err := profileCount(part, 10000, "--mix", "--mix hd5:3,sd3:5")
		if err != nil {
			return l, nil, err
		}
		p, err := loadProfile(name)
		if err != nil {
			return l, nil, err
		}
		all = append(all, p)
		l.Mix = append(l.Mix, bench.Share{Profile: p.Name, Parts: count})
	}
	return l, all, nil
}

// defaultBenchProfile is the largest ladder of which a machine of so many cores carries a few channels, and a sentence
// about it.
func defaultBenchProfile(cores int) (profile, chosen string) {
	if cores >= 4 {
		return "hd5", fmt.Sprintf("Profile hd5 was chosen for a machine of %d cores (--profile chooses another)", cores)
	}
	return "sd3", fmt.Sprintf("Profile sd3 was chosen since hd5 takes more than %d cores (--profile chooses another)", cores)
}
