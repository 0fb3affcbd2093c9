package ingest

import (
	"context"
	"io"
)

// Objects opens a job's input by its URL: file:, http(s):// or s3://.
type Objects func(ctx context.Context, url string) (Object, error)

// Object is an input that is read at any offset.
type Object interface {
	io.ReaderAt
	Size() int64
	ETag() string // empty where there is none
	Close() error
}
