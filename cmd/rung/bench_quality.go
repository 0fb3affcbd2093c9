package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"rung"
	"rung/bench"
	"rung/ingest"
	"rung/profiles"
	"rung/transcode"
)

// measureRequests is how many measurements one engine child serves. FFmpeg 7.1's xpsnr filter frees only a part of its
// buffers, about 20 MB for each full HD rendition: a child that is replaced gives the rest back.
const measureRequests = 12

// benchQuality is `rung bench quality`.
type benchQuality struct {
	benchFlags

	Profile    []string      `help:"Profiles to measure, built in or YAML files; others are compared with the first." default:"hd5" short:"p" sep:","`
	Presets    []string      `help:"Presets to measure in place of the profiles' own, such as superfast,veryfast,faster; others are compared with the first." placeholder:"PRESET" sep:","`
	CRF        []float64     `name:"crf" help:"CRFs that make the points of each curve, at least four for a BD-rate (default: around each rendition's own, where curves are compared)." placeholder:"CRF" sep:","`
	Renditions []string      `help:"Renditions that are measured (default: all)." placeholder:"NAME" sep:","`
	Duration   rung.Duration `help:"How much of each input is encoded, in whole segments (0: all)." default:"8s"`
	Repeat     int           `help:"Encode each setting so often, for the median of its processor time." default:"1"`
	FullSize   bool          `help:"Compare at the size of the widest rendition, others scaled up to it."`
	Capped     bool          `help:"Keep the profile's max_rate at every CRF."`
}

// Run measures, and writes the report.
func (c *benchQuality) Run(ctx context.Context, g *globals) (err error) {
	logger := g.logger(slog.LevelError)
	o := bench.QualityOptions{Presets: c.Presets, CRFs: c.CRF, Renditions: c.Renditions, Duration: c.Duration.D(), Repeats: c.Repeat, FullSize: c.FullSize,
		Capped: c.Capped, Plan: qualityPlanner(&engines{path: c.Engine, logger: logger, open: openOwn}), Open: openOwn, Progress: newBenchProgress(g)}
	for _, name := range c.Profile {
		p, err := loadProfile(name)
		if err != nil {
			return err
		}
		o.Profiles = append(o.Profiles, p)
	}
	r, err := newBenchReport(ctx, g, bench.KindQuality, c.Engine)
	if err != nil {
		return err
	}
	if r.Inputs, err = c.makeInputs(ctx, o.Progress, o.Profiles[:1]); err != nil {
		return err
	}
	o.Inputs = r.Inputs
	encoder, err := transcode.NewEngine(transcode.EngineOptions{Path: c.Engine, Logger: logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, encoder.Close()) }()
	measurer, err := transcode.NewEngine(transcode.EngineOptions{Path: c.Engine, Logger: logger, MaxRequests: measureRequests})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, measurer.Close()) }()
	o.Encoder, o.Measurer = encoder, measurer
	if r.Quality, err = bench.MeasureQuality(ctx, o); err != nil {
		return err
	}
	return publishReport(g, r, c.Out)
}

// qualityPlanner cuts files into tasks as a job's planner does.
func qualityPlanner(e *engines) bench.QualityPlanner {
	return func(ctx context.Context, p *profiles.Profile, input string) ([]rung.Task, error) {
		planner := ingest.NewPlanner(ingest.PlannerOptions{
			Prober:   e,
			Profiles: func(context.Context, string) (ingest.Resolver, error) { return p, nil },
			Objects:  func(ctx context.Context, url string) (ingest.Object, error) { return openOwn(ctx, url) },
		})
		tasks, _, err := planner.Plan(ctx, rung.Job{ID: "bench", Input: input, Profile: p.Name, Created: time.Unix(0, 0).UTC()})
		return tasks, err
	}
}
