package objects

import "io"

// Object is an open file. ReadAt may be called by several goroutines; its errors other than io.EOF are rung.Errors.
type Object interface {
	io.ReaderAt
	// Size is the whole object's, in bytes; it does not change while the object is open.
	Size() int64
	// ETag names this version of the object's bytes; empty where the server names none.
	ETag() string
	io.Closer
}
