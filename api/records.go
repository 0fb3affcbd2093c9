package api

import "context"

// Records keeps values of one kind by id, each with a revision that grows with every change. Errors are rung.Errors:
// not_found from Get and Delete where there is none, conflict from Put where the revision is not the present one.
type Records[T any] interface {
	// List gives all of them, in no particular order.
	List(ctx context.Context) ([]T, error)
	Get(ctx context.Context, id string) (value T, revision uint64, err error)
	// Put writes the value in the place of that revision; 0 means that there must be none.
	Put(ctx context.Context, id string, value T, revision uint64) (uint64, error)
	Delete(ctx context.Context, id string) error
}
