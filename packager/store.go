package packager

import (
	"context"

	"rung"
)

// Store is what presentations need of an object store. Errors are rung.Errors.
type Store interface {
	Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error
	Stat(ctx context.Context, key string) (rung.ObjectInfo, error)
	List(ctx context.Context, prefix string, fn func(rung.ObjectInfo) error) error
	Delete(ctx context.Context, keys ...string) error
}

// Stores opens the store that a URL names; the empty URL is the system's own.
type Stores func(ctx context.Context, url string) (Store, error)
