package client

import (
	"bytes"
	"context"
	"net/http"

	"rung/api/resource"
)

// yamlType is the media type of a profile's text (RFC 9512).
const yamlType = "application/yaml"

// Profiles gives all profiles.
func (c *Client) Profiles(ctx context.Context) ([]resource.Profile, error) {
	return list[resource.Profile](ctx, c, path("profiles"))
}

// Profile gives one profile.
func (c *Client) Profile(ctx context.Context, name string) (resource.Profile, error) {
	var p resource.Profile
	err := c.call(ctx, http.MethodGet, path("profiles", name), nil, &p)
	return p, err
}

// PutProfile checks a profile's text and keeps it.
func (c *Client) PutProfile(ctx context.Context, name string, text []byte) (resource.Profile, error) {
	var p resource.Profile
	err := c.send(ctx, http.MethodPut, path("profiles", name), yamlType, bytes.NewReader(text), &p)
	return p, err
}

// CheckProfile checks a profile's text without keeping it.
func (c *Client) CheckProfile(ctx context.Context, name string, text []byte) (resource.Profile, error) {
	var p resource.Profile
	err := c.send(ctx, http.MethodPost, path("profiles", name, "check"), yamlType, bytes.NewReader(text), &p)
	return p, err
}

// DeleteProfile deletes a profile that no channel uses.
func (c *Client) DeleteProfile(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, path("profiles", name), nil, nil)
}
