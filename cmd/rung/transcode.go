package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"rung"
	"rung/internal/lifecycle"
	"rung/store"
	"rung/transcode"
)

// transcodeCommand is `rung transcode`: a whole system of its own for one job, with nothing kept but the presentation.
type transcodeCommand struct {
	Input   string `arg:"" help:"A file, https:// or s3:// URL."`
	Profile string `help:"A built-in profile, or a YAML file." default:"hd5" short:"p"`
	Out     string `help:"Folder or s3://bucket/prefix for the presentation." required:"" short:"o" placeholder:"DIR"`
	Force   bool   `help:"Replace a presentation that is there."`
	Slots   int    `help:"Segments encoded at a time (0: what the cores carry)." env:"RUNG_SLOTS"`
	Engine  string `help:"The rung-engine program (default: beside rung, then on PATH)." placeholder:"FILE" env:"RUNG_ENGINE"`
}

// transcodeJob is the job's id within its own system.
const transcodeJob = "transcode"

// Run transcodes, showing how far it is. What is left of an interrupted or failed run is removed.
func (c *transcodeCommand) Run(ctx context.Context, g *globals) (err error) {
	input, err := inputURL(c.Input)
	if err != nil {
		return err
	}
	profile, err := loadProfile(c.Profile)
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		// A collection takes 5 ms, and there are few: memory is dearer (docs/performance.md).
		debug.SetGCPercent(50)
	}
	data, err := os.MkdirTemp("", "rung-transcode-")
	if err != nil {
		return rung.Errorf(rung.CodeUnavailable, "set TMPDIR to a folder that can be written", "temporary folder: %w", err)
	}
	defer os.RemoveAll(data)
	out, err := outURL(c.Out)
	if err != nil {
		return err
	}
	if c.Slots == 0 {
		c.Slots = transcode.FilmSlots(transcode.ReadMachine(), len(profile.Video))
	}
	n, err := openNode(ctx, serveCommand{Data: data, Roles: []string{roleIngest, roleWorker, rolePackager}, Node: "local", Store: out, Slots: c.Slots,
		Engine: c.Engine, Private: true, Files: true, memory: true}, g.logger(slog.LevelError))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := c.checkOut(ctx, n); err != nil {
		return err
	}
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	n.stores.replace(out, &storeGuard{Store: n.store, patience: storePatience, logger: n.logger, giveUp: giveUp})
	if profile.Name != "" {
		text, err := profile.YAML()
		if err != nil {
			return err
		}
		if _, err := n.buckets.profiles.Put(ctx, profile.Name, string(text)); err != nil {
			return err
		}
	}
	job := rung.Job{ID: transcodeJob, Input: input, Profile: profile.Name, Output: out, State: rung.JobQueued, Created: time.Now().UTC()}
	end, err := c.runJob(ctx, n, job, newProgress(g))
	if err != nil {
		if left := sweep(n.store, func(session string) bool { return session == end.Session }); left != nil {
			n.logger.Error("what was written could not be removed", "session", end.Session, "error", left)
		}
		return err
	}
	if c.Force {
		return sweep(n.store, func(session string) bool { return session != end.Session })
	}
	return nil
}

// checkOut refuses to write over a presentation, unless told to: then the old one stays until the new one is complete.
func (c *transcodeCommand) checkOut(ctx context.Context, n *node) error {
	_, err := n.store.Stat(ctx, masterKey)
	switch {
	case rung.CodeOf(err) == rung.CodeNotFound:
		return reach(ctx, n.store)
	case err != nil:
		return err
	case !c.Force:
		return rung.Errorf(rung.CodeConflict, "choose another --out, or replace it with --force", "%s holds a presentation already", c.Out)
	}
	return nil
}

// reach tells an absent bucket, which Stat cannot tell from an absent object, before anything is encoded for it.
func reach(ctx context.Context, st store.Store) error {
	errEnough := errors.New("one object is enough")
	if err := st.List(ctx, "", func(rung.ObjectInfo) error { return errEnough }); !errors.Is(err, errEnough) {
		return err
	}
	return nil
}

// runJob runs the system until the job has ended, and gives the job as it ended.
func (c *transcodeCommand) runJob(ctx context.Context, n *node, job rung.Job, p *progress) (rung.Job, error) {
	own, stop := context.WithCancel(ctx)
	defer stop()
	if _, err := n.buckets.jobs.Create(ctx, job.ID, job); err != nil {
		return job, err
	}
	last := job
	follow := lifecycle.Stage{Name: "progress", Run: func(ctx context.Context) error {
		return jobs{n.buckets.jobs}.Watch(ctx, func(_ string, j *rung.Job, _ uint64) {
			if j == nil {
				return
			}
			last = *j
			p.show(last)
			if last.State.Ended() {
				stop()
			}
		})
	}}
	err := lifecycle.Run(own, n.logger, append(n.stages(), follow))
	p.finish(last)
	switch {
	case last.State == rung.JobDone:
		return last, nil
	case last.Error != nil:
		return last, c.named(last.Error)
	case ctx.Err() != nil:
		return last, context.Cause(ctx)
	case err != nil:
		return last, err
	default:
		return last, rung.Errorf(rung.CodeInternal, "", "the job ended as %q", last.State)
	}
}

// named makes a job's error name the input and say what to do, as every error of a command does.
func (c *transcodeCommand) named(e *rung.Error) error {
	named := *e
	if base := inputName(c.Input); !strings.Contains(e.Message, base) {
		named.Message = fmt.Sprintf("%s: %s", base, e.Message)
	}
	if e.Hint == "" {
		named.Hint = "`rung probe " + c.Input + "` says what it holds"
	}
	return &named
}

// inputName is the last part of an input's path: a URL's query is settings or secrets.
func inputName(input string) string {
	if u, err := url.Parse(input); err == nil && u.Host != "" {
		return path.Base(u.Path)
	}
	return filepath.Base(input)
}

// inputURL makes a local path absolute; other URLs stay.
func inputURL(input string) (string, error) {
	if strings.Contains(input, "://") || strings.HasPrefix(input, "file:") {
		return input, nil
	}
	path, err := filepath.Abs(input)
	if err != nil {
		return "", rung.Errorf(rung.CodeInvalid, "", "input %q: %w", input, err)
	}
	if _, err := os.Stat(path); err != nil {
		return "", rung.Errorf(rung.CodeNotFound, "name a file that is there", "input %q: %w", input, errors.Unwrap(err))
	}
	return path, nil
}

// outURL makes a local folder absolute; other URLs stay.
func outURL(out string) (string, error) {
	if strings.Contains(out, "://") {
		return out, nil
	}
	return filepath.Abs(out)
}
