package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"rung"
	"rung/store"
)

// storePatience is how long a command waits for a store that is away. A system waits without end, since someone looks
// after it; a command's user wants to know.
const storePatience = time.Minute

// storeGuard ends a command whose store is full, or has been away for longer than its patience: workers and packager
// would wait for it without end.
type storeGuard struct {
	store.Store
	patience time.Duration
	logger   *slog.Logger
	giveUp   context.CancelCauseFunc

	mu   sync.Mutex
	away time.Time // since when no put has succeeded; zero while they do
}

// Put implements store.Store.
func (g *storeGuard) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	err := g.Store.Put(ctx, key, body, o)
	switch code := rung.CodeOf(err); {
	case err == nil:
		g.mu.Lock()
		g.away = time.Time{}
		g.mu.Unlock()
	case code == rung.CodeFull:
		g.giveUp(final(err, "free space or raise the quota, then run it again"))
	case code == rung.CodeUnavailable, errors.Is(err, context.DeadlineExceeded):
		if g.waited(err) >= g.patience {
			g.giveUp(final(err, "check the store and the network, then run it again"))
		}
	}
	return err
}

// waited notes that the store is away, says so the first time, and tells for how long it has been.
func (g *storeGuard) waited(err error) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.away.IsZero() {
		g.away = time.Now()
		g.logger.Error("store is away, waiting for it", "for", g.patience, "error", err)
	}
	return time.Since(g.away)
}

// final is a store's error with the hint for someone whose command has ended by it.
func final(err error, hint string) error {
	e := *rung.AsError(err)
	e.Hint = hint
	return &e
}
