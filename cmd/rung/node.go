package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"rung"
	"rung/api"
	"rung/ingest"
	"rung/ingest/receive"
	"rung/internal/lifecycle"
	"rung/internal/objects"
	"rung/packager"
	"rung/scheduler"
	"rung/store"
	"rung/transcode"
)

// node is one process of the platform: the queue, the store and the roles it serves.
type node struct {
	cfg      serveCommand
	logger   *slog.Logger
	started  time.Time
	system   *scheduler.System
	buckets  buckets
	stores   *stores
	store    store.Store // the system's own
	engines  *engines
	versions map[string]string
	worker   *transcode.Worker // nil without that role
	listener net.Listener      // nil without the API
	newToken bool              // the admin token was written by this start
}

// openNode checks the configuration, then acquires what the roles need: port, engine, queue, store. After an error
// nothing is held.
func openNode(ctx context.Context, cfg serveCommand, logger *slog.Logger) (*node, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	n := &node{cfg: cfg, logger: logger, started: time.Now().UTC(), stores: newStores(cfg.Store), versions: map[string]string{}}
	n.engines = &engines{path: cfg.Engine, logger: logger, open: n.openMedia}
	if err := n.acquire(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// acquire takes what the roles need, in the order in which a mistake shows soonest.
func (n *node) acquire(ctx context.Context) (err error) {
	cfg := n.cfg
	if err := os.MkdirAll(cfg.Data, 0o750); err != nil {
		return rung.Errorf(rung.CodeInvalid, "choose a folder that can be written with --data", "data folder: %w", err)
	}
	if cfg.has(roleAPI) {
		if n.listener, err = listen(cfg.Listen); err != nil {
			return err
		}
	}
	if cfg.has(roleWorker) || cfg.has(roleIngest) {
		if n.versions, err = n.engines.versions(ctx); err != nil {
			return err
		}
	}
	if n.store, err = n.stores.For(ctx, ""); err != nil {
		return err
	}
	if n.system, err = scheduler.Open(ctx, n.queueOptions()); err != nil {
		return err
	}
	n.buckets = openBuckets(n.system)
	n.versions["rung"] = version
	n.versions["go"] = runtime.Version()
	if cfg.has(roleAPI) {
		if err := n.ensureToken(ctx); err != nil {
			return err
		}
	}
	if cfg.has(roleWorker) {
		if n.worker, err = transcode.NewWorker(n.workerOptions()); err != nil {
			return err
		}
	}
	return nil
}

// listen takes the port before anything else is acquired: one in use is the commonest mistake.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, rung.Errorf(rung.CodeConflict, "another program (or another rung) has it: choose another --listen", "address %s is in use", address)
	}
	if err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, "an address is HOST:PORT, such as 127.0.0.1:8080", "--listen %s: %w", address, err)
	}
	return l, nil
}

// queueOptions say where the queue is.
func (n *node) queueOptions() scheduler.Options {
	f := n.cfg.NATS
	o := scheduler.Options{URL: f.URL, CredsFile: f.Creds, CAFile: f.CA, CertFile: f.Cert, KeyFile: f.Key, Token: f.Token, Listen: f.Listen,
		Node: n.cfg.Node, Logger: n.logger, Memory: n.cfg.memory}
	if f.URL == "" {
		o.StoreDir = filepath.Join(n.cfg.Data, "nats")
	}
	return o
}

func (n *node) workerOptions() transcode.WorkerOptions {
	return transcode.WorkerOptions{
		Node: n.cfg.Node, Slots: n.cfg.Slots, Logger: n.logger,
		Engine: transcode.EngineOptions{Path: n.cfg.Engine, Logger: n.logger},
		Queue:  n.queue(),
		Window: n.system.Window(),
		Slates: slates{n.buckets.slates},
		Stores: func(ctx context.Context, url string) (transcode.Objects, error) { return n.stores.For(ctx, url) },
		Open:   n.openMedia,
	}
}

// queue is where the worker's tasks come from.
func (n *node) queue() transcode.Queue {
	q := workerQueue{n.system.Tasks()}
	if n.cfg.recorder != nil {
		return recordedQueue{q, n.cfg.recorder}
	}
	return q
}

// tasks is where ingest's tasks go.
func (n *node) tasks() ingest.Tasks {
	if n.cfg.recorder != nil {
		return recordedTasks{n.system.Tasks(), n.cfg.recorder}
	}
	return n.system.Tasks()
}

// openMedia opens a source's file, wherever it is.
func (n *node) openMedia(ctx context.Context, url string) (objects.Object, error) {
	if !n.cfg.Files && objects.IsFile(url) {
		return nil, filesForbidden(url)
	}
	return objects.Open(ctx, url, objects.Policy{AllowPrivate: n.cfg.Private, S3: openS3})
}

func filesForbidden(url string) error {
	return rung.Errorf(rung.CodeForbidden, "start the node with --allow-files, or give a URL", "source %q is a file of the node's own", url)
}

// Addr is where the API listens; empty without it.
func (n *node) Addr() string {
	if n.listener == nil {
		return ""
	}
	return n.listener.Addr().String()
}

// Run serves the roles until ctx ends, then stops them so that nothing is lost, and releases everything.
func (n *node) Run(ctx context.Context) error {
	n.logger.Info("node started", "node", n.cfg.Node, "roles", n.cfg.Roles, "listen", n.Addr(), "version", version)
	err := lifecycle.Run(ctx, n.logger, n.stages())
	err = errors.Join(err, n.Close())
	n.logger.Info("node stopped", "node", n.cfg.Node, "error", err)
	return err
}

// stages are the roles in the order in which they start. They stop the other way round: producers before consumers.
func (n *node) stages() []lifecycle.Stage {
	stages := []lifecycle.Stage{{Name: "registry", Run: func(ctx context.Context) error { return n.system.Nodes().Announce(ctx, n.figures) }}}
	if n.cfg.has(rolePackager) {
		stages = append(stages, lifecycle.Stage{Name: rolePackager, Run: n.runPackager})
	}
	if n.worker != nil {
		stages = append(stages, lifecycle.Stage{Name: roleWorker, Run: n.runWorker})
	}
	if n.cfg.has(roleIngest) {
		stages = append(stages, lifecycle.Stage{Name: "planner", Run: n.runPlanner}, lifecycle.Stage{Name: roleIngest, Run: n.runIngest})
	}
	if n.listener != nil {
		stages = append(stages, lifecycle.Stage{Name: roleAPI, Run: n.runAPI})
	}
	return stages
}

// runWorker works until ctx ends; then its slots may finish within the drain time before they hand back.
func (n *node) runWorker(ctx context.Context) error {
	work, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(n.cfg.Drain.D(), kill) })()
	return n.worker.Run(work, ctx)
}

func (n *node) runPackager(ctx context.Context) error {
	p, err := packager.NewPackager(packager.Options{
		Results:   n.system.Results(),
		Stores:    func(ctx context.Context, url string) (packager.Store, error) { return n.stores.For(ctx, url) },
		State:     presentationState{n.buckets.presentations},
		Channels:  presentedChannels{presented[rung.Channel]{n.buckets.channels, rung.Live, n.buckets.presentations}},
		Timelines: timelines{n.buckets.timelines},
		Jobs:      presentedJobs{presented[rung.Job]{n.buckets.jobs, rung.VOD, n.buckets.presentations}},
		Leases:    packagerLeases{n.system.Leases()},
		Events:    n.system.Events(),
		Log:       n.logger,
	})
	if err != nil {
		return err
	}
	return p.Run(ctx)
}

func (n *node) runIngest(ctx context.Context) error {
	m := ingest.NewManager(ingest.ManagerOptions{
		Node: n.cfg.Node, Logger: n.logger,
		Channels: channels{n.buckets.channels}, Statuses: statuses{n.buckets.status}, Timelines: timelines{n.buckets.timelines},
		Events: n.system.Events(), Leases: ingestLeases{n.system.Leases()}, Window: n.system.Window(), Tasks: n.tasks(),
		Prober: n.engines, Profiles: resolver(n.buckets.profiles), Receivers: n.receiver, Deadline: n.cfg.Deadline,
	})
	return m.Run(ctx)
}

// receiver makes the receiver of a source.
func (n *node) receiver(src rung.Source) (ingest.Receiver, error) {
	if !n.cfg.Files && objects.IsFile(src.URL) {
		return nil, filesForbidden(src.URL)
	}
	return receive.New(src, receive.Options{Logger: n.logger, Feed: n.engines, AllowPrivate: n.cfg.Private})
}

func (n *node) runPlanner(ctx context.Context) error {
	p := ingest.NewPlanner(ingest.PlannerOptions{
		Node: n.cfg.Node, Logger: n.logger, Jobs: jobs{n.buckets.jobs}, Events: n.system.Events(), Leases: ingestLeases{n.system.Leases()}, Tasks: n.tasks(),
		Prober: n.engines, Profiles: resolver(n.buckets.profiles),
		Objects: func(ctx context.Context, url string) (ingest.Object, error) { return n.openMedia(ctx, url) },
	})
	return p.Run(ctx)
}

func (n *node) runAPI(ctx context.Context) error {
	s, err := api.New(n.apiOptions())
	if err != nil {
		return err
	}
	l := n.listener
	n.listener = nil // the server closes it
	return s.Run(ctx, l)
}

// figures are what the registry knows of this node.
func (n *node) figures() rung.Node {
	m := transcode.ReadMachine()
	f := rung.Node{ID: n.cfg.Node, Host: m.Host, Roles: n.cfg.Roles, Cores: m.Cores, Load: m.Load, Memory: m.Memory, Version: version,
		Engine: n.versions["ffmpeg"], Started: n.started, Seen: time.Now().UTC()}
	if n.worker != nil {
		w := n.worker.Figures()
		f.Slots, f.Busy, f.Done, f.Failed, f.Draining = w.Slots, w.Busy, w.Done, w.Failed, w.Draining
	}
	return f
}

// Close releases what the node holds: the queue last, since everything else speaks through it.
func (n *node) Close() error {
	var errs []error
	if n.listener != nil {
		errs = append(errs, n.listener.Close())
		n.listener = nil
	}
	if n.system != nil {
		errs = append(errs, n.system.Close())
		n.system = nil
	}
	return errors.Join(errs...)
}
