// Package store is the contract of object storage, kept by every backend: store/fs (a folder) and store/s3. The suite in
// store/storetest holds them to it.
package store

import (
	"context"
	"io"

	"rung"
)

// Store keeps whole, immutable-in-place objects by key. Objects appear and change at once and whole: a reader sees the old
// bytes or the new ones, never a part. Once Put has returned, an object outlives a crash of the process and the machine.
//
// Keys are as CheckKey says; a key must not be a folder of another key. All methods may be called at once from any number
// of goroutines. Errors are rung.Errors: invalid (the key), not_found, forbidden, full, unavailable (worth another try),
// canceled.
type Store interface {
	// Put stores body under key. With IfAbsent an object that is there already stays as it is, without an error.
	Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error

	// Open reads length bytes of an object from offset, or to its end where length is -1; fewer where the object ends
	// before, none where it ends before offset. The info is the whole object's, from the same version as the bytes.
	// The caller closes the reader.
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, rung.ObjectInfo, error)

	// Stat describes an object.
	Stat(ctx context.Context, key string) (rung.ObjectInfo, error)

	// List calls fn for each object whose key begins with prefix (any text, not only whole folders), in the order of the
	// keys' bytes, until fn gives an error, which it returns as it is. ContentType and CacheControl may be empty.
	List(ctx context.Context, prefix string, fn func(rung.ObjectInfo) error) error

	// Delete removes objects. Absent keys are no error. Where one cannot be removed, the others still are.
	Delete(ctx context.Context, keys ...string) error
}
