package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"rung"
	"rung/bench"
	"rung/ingest"
	"rung/internal/lifecycle"
	"rung/packager"
	"rung/scheduler"
	"rung/store/fs"
	"rung/transcode"
)

// controlPlane is a node for measuring: its ingest, queue, worker and packager are the real ones, wired as in node. Its
// sources, its engine, and where it is asked for its store, are the bench's own.
type controlPlane struct {
	system   *scheduler.System
	buckets  buckets
	options  bench.ControlOptions
	objects  packager.Store
	logger   *slog.Logger
	worker   *transcode.Worker
	packager *packager.Packager
	manager  *ingest.Manager
}

// openControlPlane acquires what it needs; Run gives it up.
func openControlPlane(ctx context.Context, c benchControl, scratch string, o bench.ControlOptions, logger *slog.Logger) (*controlPlane, error) {
	p := &controlPlane{options: o, logger: logger}
	objects, err := controlStore(c.Store)
	if err != nil {
		return nil, err
	}
	p.objects = recordedObjects{objects, o.Recorder}
	if c.Engine == "" {
		if c.Engine, err = writeInstantEngine(scratch); err != nil {
			return nil, err
		}
	}
	if p.system, err = scheduler.Open(ctx, scheduler.Options{StoreDir: c.Data, Node: "bench", Logger: logger}); err != nil {
		return nil, err
	}
	p.buckets = openBuckets(p.system)
	if err := p.wire(c.Engine, c.Slots); err != nil {
		return nil, errors.Join(err, p.system.Close())
	}
	return p, nil
}

func controlStore(url string) (packager.Store, error) {
	if url == "memory" {
		return bench.NewControlStore(), nil
	}
	return fs.New(url)
}

// recordedObjects is recordedStore for a store that only the packager and the worker use.
type recordedObjects struct {
	packager.Store
	recorder segmentRecorder
}

// Put implements packager.Store.
func (s recordedObjects) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	err := s.Store.Put(ctx, key, body, o)
	if err == nil {
		s.recorder.Stored(key, body, time.Now())
	}
	return err
}

// wire makes the roles.
func (p *controlPlane) wire(engine string, slots int) (err error) {
	p.worker, err = transcode.NewWorker(transcode.WorkerOptions{
		Node: "bench", Slots: slots, Logger: p.logger, Engine: transcode.EngineOptions{Path: engine, Logger: p.logger, MaxRequests: -1},
		Queue: recordedQueue{workerQueue{p.system.Tasks()}, p.options.Recorder}, Window: p.system.Window(), Slates: slates{p.buckets.slates},
		Stores: func(context.Context, string) (transcode.Objects, error) { return p.objects, nil },
	})
	if err != nil {
		return err
	}
	p.packager, err = packager.NewPackager(packager.Options{
		Results: p.system.Results(), Stores: func(context.Context, string) (packager.Store, error) { return p.objects, nil },
		State:     presentationState{p.buckets.presentations},
		Channels:  presentedChannels{presented[rung.Channel]{p.buckets.channels, rung.Live, p.buckets.presentations}},
		Timelines: timelines{p.buckets.timelines},
		Jobs:      presentedJobs{presented[rung.Job]{p.buckets.jobs, rung.VOD, p.buckets.presentations}},
		Leases:    packagerLeases{p.system.Leases()}, Events: p.system.Events(), Log: p.logger,
	})
	if err != nil {
		return err
	}
	p.manager = ingest.NewManager(ingest.ManagerOptions{
		Node: "bench", Logger: p.logger, Channels: channels{p.buckets.channels}, Statuses: statuses{p.buckets.status}, Timelines: timelines{p.buckets.timelines},
		Events: p.system.Events(), Leases: ingestLeases{p.system.Leases()}, Window: p.system.Window(), Tasks: recordedTasks{p.system.Tasks(), p.options.Recorder},
		Prober: controlProber{}, Profiles: resolver(p.buckets.profiles),
		Receivers: func(rung.Source) (ingest.Receiver, error) { return p.options.Feed.Receiver(), nil },
	})
	return nil
}

// Run implements bench.ControlPlane: it stops producers before consumers, as a node does.
func (p *controlPlane) Run(ctx context.Context) error {
	err := lifecycle.Run(ctx, p.logger, []lifecycle.Stage{
		{Name: rolePackager, Run: p.packager.Run},
		{Name: roleWorker, Run: func(ctx context.Context) error { return p.worker.Run(ctx, ctx) }},
		{Name: roleIngest, Run: p.manager.Run},
	})
	return errors.Join(err, p.system.Close())
}

// Start implements bench.ControlPlane.
func (p *controlPlane) Start(ctx context.Context, ch rung.Channel) error {
	_, err := p.buckets.channels.Put(ctx, ch.ID, ch)
	return err
}

// controlProber knows what the bench's source is, where a node would ask an engine.
type controlProber struct{}

// Probe implements ingest.Prober.
func (controlProber) Probe(context.Context, io.ReaderAt, int64, string) (rung.MediaInfo, error) {
	return bench.ControlMedia(), nil
}

// Index implements ingest.Prober; only jobs ask for it.
func (controlProber) Index(context.Context, io.ReaderAt, int64, string, int, []int) (ingest.Index, error) {
	return ingest.Index{}, rung.Errorf(rung.CodeUnsupported, "", "the control plane under measurement has no jobs")
}
