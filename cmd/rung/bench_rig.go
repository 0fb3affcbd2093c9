package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"

	"rung"
	"rung/bench"
	"rung/profiles"
)

// benchRig opens whole nodes in this process for measuring: the real queue, on disk, the real store, real engines.
type benchRig struct {
	scratch string
	store   string // empty: a folder in scratch
	engine  string
	logger  *slog.Logger
	opened  atomic.Int64
}

// Open implements bench.Rig.
func (r *benchRig) Open(ctx context.Context, o bench.PlatformOptions) (bench.Platform, error) {
	data := filepath.Join(r.scratch, fmt.Sprintf("node-%d", r.opened.Add(1)))
	n, err := openNode(ctx, serveCommand{Data: data, Roles: []string{roleIngest, roleWorker, rolePackager}, Node: "bench", Store: r.store, Slots: o.Slots,
		Engine: r.engine, Files: true, Private: true, recorder: o.Recorder}, r.logger)
	if err != nil {
		return nil, err
	}
	n.stores.replace(n.cfg.Store, recordedStore{n.store, o.Recorder})
	p := &benchPlatform{node: n, ownStore: r.store == ""}
	for _, profile := range o.Profiles {
		if err := p.addProfile(ctx, profile); err != nil {
			return nil, errors.Join(err, n.Close(), os.RemoveAll(data))
		}
	}
	return p, nil
}

// benchPlatform is one of a rig's nodes.
type benchPlatform struct {
	node     *node
	ownStore bool     // the store goes with the node's data
	prefixes []string // of what was published
}

func (p *benchPlatform) addProfile(ctx context.Context, profile *profiles.Profile) error {
	switch builtin := profiles.Find(profile.Name); {
	case builtin == profile:
		return nil
	case builtin != nil:
		return rung.Errorf(rung.CodeInvalid, "give the profile another name", "profile %q: a built-in one has that name", profile.Name)
	}
	text, err := profile.YAML()
	if err != nil {
		return err
	}
	_, err = p.node.buckets.profiles.Put(ctx, profile.Name, string(text))
	return err
}

// Run implements bench.Platform: it serves, then removes all that it has written.
func (p *benchPlatform) Run(ctx context.Context) error {
	err := p.node.Run(ctx)
	if !p.ownStore {
		for _, prefix := range p.prefixes {
			err = errors.Join(err, p.empty(context.WithoutCancel(ctx), prefix))
		}
	}
	return errors.Join(err, os.RemoveAll(p.node.cfg.Data))
}

// empty deletes what the store has below a prefix.
func (p *benchPlatform) empty(ctx context.Context, prefix string) error {
	var keys []string
	err := p.node.store.List(ctx, prefix, func(o rung.ObjectInfo) error { keys = append(keys, o.Key); return nil })
	return errors.Join(err, p.node.store.Delete(ctx, keys...))
}

// Start implements bench.Platform.
func (p *benchPlatform) Start(ctx context.Context, ch rung.Channel) error {
	p.prefixes = append(p.prefixes, string(rung.Live)+"/"+ch.ID+"/")
	_, err := p.node.buckets.channels.Put(ctx, ch.ID, ch)
	return err
}

// Encode implements bench.Platform.
func (p *benchPlatform) Encode(ctx context.Context, j rung.Job) error {
	p.prefixes = append(p.prefixes, string(rung.VOD)+"/"+j.ID+"/")
	if _, err := p.node.buckets.jobs.Create(ctx, j.ID, j); err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var last rung.Job
	err := jobs{p.node.buckets.jobs}.Watch(watching, func(id string, v *rung.Job, _ uint64) {
		if id == j.ID && v != nil {
			if last = *v; last.State.Ended() {
				stop()
			}
		}
	})
	switch {
	case last.State == rung.JobDone:
		return nil
	case last.Error != nil:
		return last.Error
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	}
	return rung.Errorf(rung.CodeInternal, "", "job %q ended as %q", j.ID, last.State)
}
