package client

import (
	"context"
	"net/http"

	"rung/api/resource"
)

// Jobs gives all jobs, newest first.
func (c *Client) Jobs(ctx context.Context) ([]resource.Job, error) {
	return list[resource.Job](ctx, c, path("jobs"))
}

// Job gives one job.
func (c *Client) Job(ctx context.Context, id string) (resource.Job, error) {
	var j resource.Job
	err := c.call(ctx, http.MethodGet, path("jobs", id), nil, &j)
	return j, err
}

// CreateJob asks for a transcode.
func (c *Client) CreateJob(ctx context.Context, spec resource.JobSpec) (resource.Job, error) {
	var j resource.Job
	err := c.call(ctx, http.MethodPost, path("jobs"), spec, &j)
	return j, err
}

// DeleteJob cancels a job that has not ended, and gives it as it is then; it deletes the record of one that has ended, and
// gives nil.
func (c *Client) DeleteJob(ctx context.Context, id string) (*resource.Job, error) {
	var canceled resource.Job
	if err := c.call(ctx, http.MethodDelete, path("jobs", id), nil, &canceled); err != nil || canceled.ID == "" {
		return nil, err
	}
	return &canceled, nil
}
