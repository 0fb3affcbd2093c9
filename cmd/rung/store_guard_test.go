package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/store"
)

// faultyStore gives an error for each put, or none.
type faultyStore struct {
	store.Store
	err error
}

func (s *faultyStore) Put(context.Context, string, []byte, rung.ObjectOptions) error { return s.err }

// A command ends at once when its store is full, and when it has been away for longer than its patience without one
// put in between.
func TestStoreGuardGivesUp(t *testing.T) {
	full := rung.Errorf(rung.CodeFull, "writing carries on by itself then", "disk is full")
	away := rung.Errorf(rung.CodeUnavailable, "", "store is away")
	denied := rung.Errorf(rung.CodeForbidden, "", "store refuses it")
	for _, c := range []struct {
		name     string
		patience time.Duration
		errs     []error
		want     string // in the hint; "" where it carries on
	}{
		{"full", time.Hour, []error{full}, "free space"},
		{"away for longer", 0, []error{away}, "check the store"},
		{"away for shorter", time.Hour, []error{away, away}, ""},
		{"an error that the worker ends on", 0, []error{denied}, ""},
		{"none", 0, []error{nil}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, giveUp := context.WithCancelCause(t.Context())
			defer giveUp(nil)
			inner := &faultyStore{}
			g := &storeGuard{Store: inner, patience: c.patience, logger: slog.New(slog.DiscardHandler), giveUp: giveUp}
			for _, inner.err = range c.errs {
				if err := g.Put(ctx, "a", nil, rung.ObjectOptions{}); err != inner.err {
					t.Errorf("put gave %v, want the store's %v", err, inner.err)
				}
			}
			if c.want == "" {
				if ctx.Err() != nil {
					t.Errorf("it gave up: %v", context.Cause(ctx))
				}
				return
			}
			if hint := rung.AsError(context.Cause(ctx)).Hint; !strings.Contains(hint, c.want) {
				t.Errorf("hint %q, want %q", hint, c.want)
			}
		})
	}
}

// A put that succeeds begins the patience anew.
func TestStoreGuardForgetsWhatHasPassed(t *testing.T) {
	inner := &faultyStore{err: rung.Errorf(rung.CodeUnavailable, "", "store is away")}
	g := &storeGuard{Store: inner, patience: time.Hour, logger: slog.New(slog.DiscardHandler), giveUp: func(error) {}}
	_ = g.Put(t.Context(), "a", nil, rung.ObjectOptions{})
	if g.away.IsZero() {
		t.Error("an absence is not noted")
	}
	inner.err = nil
	_ = g.Put(t.Context(), "a", nil, rung.ObjectOptions{})
	if !g.away.IsZero() {
		t.Error("an absence that is over is still noted")
	}
}
