package s3

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// reader is an answer's body whose errors have codes.
type reader struct {
	ctx   context.Context // the request's: reading the body ends with it
	store *Store
	key   string
	body  io.ReadCloser
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	if err != nil && err != io.EOF {
		err = r.store.mapError(r.ctx, err, object(r.key))
	}
	return n, err
}

func (r *reader) Close() error { return r.body.Close() }

// rangeHeader asks for length bytes from offset, or for all from offset where length is -1 (RFC 9110, 14.2).
func rangeHeader(offset, length int64) string {
	if length < 0 {
		return fmt.Sprintf("bytes=%d-", offset)
	}
	return fmt.Sprintf("bytes=%d-%d", offset, offset+length-1)
}

// wholeSize reads the whole object's size from "bytes 0-99/1234" (RFC 9110, 14.4).
func wholeSize(contentRange string) (int64, bool) {
	_, size, ok := strings.Cut(contentRange, "/")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(size, 10, 64)
	return n, err == nil
}
