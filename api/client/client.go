// Package client speaks the HTTP API: typed calls over net/http, whose errors are the server's own as *rung.Error.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rung"
	"rung/api/resource"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 20

// answerTimeout bounds the wait for an answer's head; event streams have no bound after it.
const answerTimeout = 60 * time.Second

// Client is a server's API as one token may use it. It may be used by several goroutines at once.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// New makes a client of the server at base, such as http://127.0.0.1:8080. Without a token only Version works.
func New(base, token string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, rung.Errorf(rung.CodeInvalid, "for example http://127.0.0.1:8080", "server %q is not an http or https URL", base)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = answerTimeout
	return &Client{base: strings.TrimRight(base, "/"), token: token, http: &http.Client{Transport: transport}}, nil
}

// Close gives back idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call sends a JSON body (unless in is nil) and reads a JSON answer (unless out is nil).
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	return c.send(ctx, method, path, "application/json", body, out)
}

// send sends a body of that type (unless it is nil) and reads a JSON answer (unless out is nil or there is none).
func (c *Client) send(ctx context.Context, method, path, mediaType string, body io.Reader, out any) error {
	req, err := c.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	resp, err := c.do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return c.away(ctx, err)
	}
	if out == nil || len(answer) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return rung.Errorf(rung.CodeInternal, "is this a Rung server of the same version?", "%s %s: the answer is not as it should be: %w", method, path, err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}

// do sends the request; any status but a success is an error, and the response closed.
func (c *Client) do(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.away(req.Context(), err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, problem(resp)
}

// away says that the server cannot be reached, unless the caller has ended the call.
func (c *Client) away(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		err = urlErr.Err
	}
	return rung.Errorf(rung.CodeUnavailable, "is rung serve running there?", "no answer from %s: %w", c.base, err)
}

// problem reads a problem document; another server's answer gives what its status says.
func problem(resp *http.Response) error {
	var p resource.Problem
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && json.Unmarshal(body, &p) == nil && p.Code != "" {
		return p.Err()
	}
	return rung.Errorf(rung.CodeUnavailable, "is this a Rung server?", "%s %s: the server answered %s", resp.Request.Method, resp.Request.URL.Path, resp.Status)
}

// path joins elements to a path under /api/v1, each escaped.
func path(elements ...string) string {
	var b strings.Builder
	b.WriteString("/api/v1")
	for _, e := range elements {
		fmt.Fprintf(&b, "/%s", url.PathEscape(e))
	}
	return b.String()
}

// list reads all of a kind.
func list[T any](ctx context.Context, c *Client, path string) ([]T, error) {
	var all resource.List[T]
	err := c.call(ctx, http.MethodGet, path, nil, &all)
	return all.Items, err
}
