package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rung"
	"rung/internal/lifecycle"
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
	data, err := os.MkdirTemp("", "rung-transcode-")
	if err != nil {
		return rung.Errorf(rung.CodeUnavailable, "set TMPDIR to a folder that can be written", "temporary folder: %w", err)
	}
	defer os.RemoveAll(data)
	out, err := outURL(c.Out)
	if err != nil {
		return err
	}
	n, err := openNode(ctx, serveCommand{Data: data, Roles: []string{roleIngest, roleWorker, rolePackager}, Node: "local", Store: out, Slots: c.Slots,
		Engine: c.Engine, Private: true, Files: true, memory: true}, g.logger(slog.LevelWarn))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := c.clear(ctx, n); err != nil {
		return err
	}
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
		return errors.Join(err, c.sweep(n, end.Session))
	}
	return nil
}

// clear refuses to write over a presentation, unless told to; then its master playlist goes first.
func (c *transcodeCommand) clear(ctx context.Context, n *node) error {
	_, err := n.store.Stat(ctx, "master.m3u8")
	switch {
	case rung.CodeOf(err) == rung.CodeNotFound:
		return nil
	case err != nil:
		return err
	case !c.Force:
		return rung.Errorf(rung.CodeConflict, "choose another --out, or replace it with --force", "%s holds a presentation already", c.Out)
	}
	keys := []string{"master.m3u8"}
	err = n.store.List(ctx, "", func(o rung.ObjectInfo) error {
		if ours(o.Key) {
			keys = append(keys, o.Key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return n.store.Delete(ctx, keys...)
}

// ours reports whether a key is one that an earlier run wrote: nothing else in the folder is touched.
func ours(key string) bool {
	switch filepath.Ext(key) {
	case ".m3u8":
		return !strings.Contains(key, "/")
	case ".m4s", ".mp4":
		return strings.Count(key, "/") == 2 && strings.HasPrefix(key, "s")
	}
	return false
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
		return last, ctx.Err()
	case err != nil:
		return last, err
	default:
		return last, rung.Errorf(rung.CodeInternal, "", "the job ended as %q", last.State)
	}
}

// named makes a job's error name the input and say what to do, as every error of a command does.
func (c *transcodeCommand) named(e *rung.Error) error {
	named := *e
	if base := filepath.Base(c.Input); !strings.Contains(e.Message, base) {
		named.Message = fmt.Sprintf("%s: %s", base, e.Message)
	}
	if e.Hint == "" {
		named.Hint = "`rung probe " + c.Input + "` says what it holds"
	}
	return &named
}

// sweep removes the segments of a run that did not come to its end, and its playlists.
func (c *transcodeCommand) sweep(n *node, session string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var keys []string
	err := n.store.List(ctx, "", func(o rung.ObjectInfo) error {
		if ours(o.Key) && (session != "" && strings.HasPrefix(o.Key, session+"/") || filepath.Ext(o.Key) == ".m3u8") {
			keys = append(keys, o.Key)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("removing what was written: %w", err)
	}
	return n.store.Delete(ctx, keys...)
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
