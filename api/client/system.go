package client

import (
	"context"
	"net/http"

	"rung"
	"rung/api/resource"
)

// Nodes gives the processes of the system.
func (c *Client) Nodes(ctx context.Context) ([]rung.Node, error) {
	return list[rung.Node](ctx, c, path("nodes"))
}

// Version gives the server's versions, by component.
func (c *Client) Version(ctx context.Context) (map[string]string, error) {
	var v map[string]string
	err := c.call(ctx, http.MethodGet, path("version"), nil, &v)
	return v, err
}

// Probe has the server look into a source.
func (c *Client) Probe(ctx context.Context, url string) (rung.MediaInfo, error) {
	var m rung.MediaInfo
	err := c.call(ctx, http.MethodPost, path("probe"), resource.ProbeSpec{URL: url}, &m)
	return m, err
}

// Tokens gives all tokens, without their secrets.
func (c *Client) Tokens(ctx context.Context) ([]resource.Token, error) {
	return list[resource.Token](ctx, c, path("tokens"))
}

// CreateToken makes a token; the answer has its secret, which is never shown again.
func (c *Client) CreateToken(ctx context.Context, spec resource.TokenSpec) (resource.CreatedToken, error) {
	var t resource.CreatedToken
	err := c.call(ctx, http.MethodPost, path("tokens"), spec, &t)
	return t, err
}

// DeleteToken deletes a token.
func (c *Client) DeleteToken(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, path("tokens", id), nil, nil)
}
