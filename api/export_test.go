package api

import (
	"context"
	"net/http"
)

// Handler gives the server's routes to a test without a connection: one request at a time, answered before it returns.
func (s *Server) Handler() func(*http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // event streams end at once
	app := s.app(ctx, context.Background(), newFeed(s.opts))
	return func(r *http.Request) (*http.Response, error) { return app.Test(r, -1) }
}
