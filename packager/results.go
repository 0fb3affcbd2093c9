package packager

import (
	"context"

	"rung"
)

// Results is the stream of ended tasks.
type Results interface {
	// Follow calls fn with each result of the owner whose stream sequence is above after, in the order of sequences: first
	// those that are there, then each as it comes. It returns when ctx ends or fn gives an error. A result may come twice.
	Follow(ctx context.Context, kind rung.TaskKind, owner string, after uint64, fn func(ctx context.Context, seq uint64, r rung.Result) error) error
}
