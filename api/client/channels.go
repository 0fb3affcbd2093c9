package client

import (
	"bytes"
	"context"
	"net/http"

	"rung/api/resource"
)

// Channels gives all channels.
func (c *Client) Channels(ctx context.Context) ([]resource.Channel, error) {
	return list[resource.Channel](ctx, c, path("channels"))
}

// Channel gives one channel.
func (c *Client) Channel(ctx context.Context, id string) (resource.Channel, error) {
	return c.channel(ctx, http.MethodGet, path("channels", id), nil)
}

// CreateChannel creates a channel.
func (c *Client) CreateChannel(ctx context.Context, spec resource.ChannelSpec) (resource.Channel, error) {
	return c.channel(ctx, http.MethodPost, path("channels"), spec)
}

// PatchChannel merges fields into the channel (RFC 7396): null values take fields away.
func (c *Client) PatchChannel(ctx context.Context, id string, fields map[string]any) (resource.Channel, error) {
	return c.channel(ctx, http.MethodPatch, path("channels", id), fields)
}

// StartChannel starts a channel.
func (c *Client) StartChannel(ctx context.Context, id string) (resource.Channel, error) {
	return c.channel(ctx, http.MethodPost, path("channels", id, "start"), nil)
}

// StopChannel stops a channel.
func (c *Client) StopChannel(ctx context.Context, id string) (resource.Channel, error) {
	return c.channel(ctx, http.MethodPost, path("channels", id, "stop"), nil)
}

// RestartChannel begins a new session of a channel.
func (c *Client) RestartChannel(ctx context.Context, id string) (resource.Channel, error) {
	return c.channel(ctx, http.MethodPost, path("channels", id, "restart"), nil)
}

// DeleteChannel deletes a channel.
func (c *Client) DeleteChannel(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, path("channels", id), nil, nil)
}

// PutSlate gives a channel an image of its own, PNG or JPEG, for when its source is not there.
func (c *Client) PutSlate(ctx context.Context, id string, image []byte) (resource.Channel, error) {
	var ch resource.Channel
	err := c.send(ctx, http.MethodPut, path("channels", id, "slate"), http.DetectContentType(image), bytes.NewReader(image), &ch)
	return ch, err
}

// DeleteSlate goes back to the built-in slate.
func (c *Client) DeleteSlate(ctx context.Context, id string) (resource.Channel, error) {
	return c.channel(ctx, http.MethodDelete, path("channels", id, "slate"), nil)
}

func (c *Client) channel(ctx context.Context, method, path string, in any) (resource.Channel, error) {
	var ch resource.Channel
	err := c.call(ctx, method, path, in, &ch)
	return ch, err
}
