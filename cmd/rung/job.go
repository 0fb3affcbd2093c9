package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"rung"
	"rung/api/resource"
)

// jobCommands is `rung job`.
type jobCommands struct {
	Create jobCreate `cmd:"" help:"Have a running system transcode a file."`
	List   jobList   `cmd:"" help:"List the jobs."`
	Get    jobGet    `cmd:"" help:"Show a job."`
	Delete jobDelete `cmd:"" aliases:"cancel" help:"Cancel a job that runs; delete one that has ended."`
}

type jobCreate struct {
	clientFlags
	Input   string `arg:"" help:"https:// or s3:// URL, or a file of the nodes (with --allow-files)."`
	ID      string `help:"The job's id (default: one is made)."`
	Profile string `help:"Encoding profile." default:"hd5"`
	Output  string `help:"Folder or s3://bucket/prefix (default: the system's store)."`
}

// Run creates the job.
func (c *jobCreate) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	input, err := nodeURL(c.Input)
	if err != nil {
		return err
	}
	job, err := api.CreateJob(ctx, resource.JobSpec{ID: c.ID, Input: input, Profile: c.Profile, Output: c.Output})
	if err != nil {
		return err
	}
	return g.said(job, "job %s is created", job.ID)
}

// nodeURL makes a path a file: URL, from the root on: the node that reads it has another working folder, and this machine
// need not have the file.
func nodeURL(input string) (string, error) {
	if scheme, _, ok := strings.Cut(input, ":"); ok && !strings.Contains(scheme, "/") {
		return input, nil
	}
	path, err := filepath.Abs(input)
	if err != nil {
		return "", rung.Errorf(rung.CodeInvalid, "name it from the root on", "input %q: %w", input, err)
	}
	return "file:" + path, nil
}

type jobList struct{ clientFlags }

// Run prints a line a job.
func (c *jobList) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	all, err := api.Jobs(ctx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, j := range all {
		rows = append(rows, []any{j.ID, j.State, fmt.Sprintf("%.0f%%", 100*j.Progress), j.Profile, j.Input, j.PlaybackURL})
	}
	return g.table(all, "ID\tSTATE\tDONE\tPROFILE\tINPUT\tPLAYBACK", rows)
}

type jobGet struct {
	clientFlags
	ID string `arg:""`
}

// Run shows the job.
func (c *jobGet) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	j, err := api.Job(ctx, c.ID)
	if err != nil {
		return err
	}
	if j.Error != nil && !g.JSON {
		fmt.Fprintf(g.std.out, "failed: %s (%s)\n", j.Error.Message, j.Error.Hint)
	}
	return g.said(j, "%s: %s, %d of %d segments, profile %s, input %s, playback %s", j.ID, j.State, j.Done, j.Segments, j.Profile, j.Input, j.PlaybackURL)
}

type jobDelete struct {
	clientFlags
	ID string `arg:""`
}

// Run cancels or deletes the job.
func (c *jobDelete) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	canceled, err := api.DeleteJob(ctx, c.ID)
	if err != nil {
		return err
	}
	if canceled != nil {
		return g.said(canceled, "job %s is canceled; once more deletes its record", c.ID)
	}
	return g.said(map[string]string{"deleted": c.ID}, "job %s is deleted", c.ID)
}
