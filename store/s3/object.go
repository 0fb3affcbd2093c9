package s3

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"rung"
)

// Object is one object held open for reading at any offset, as source media is. It stays the object it was when it was
// opened: once it has been replaced, reads give a conflict.
type Object struct {
	ctx   context.Context // OpenObject's: reads end with it, as io.ReaderAt carries none
	store *Store
	info  rung.ObjectInfo
}

var _ io.ReaderAt = (*Object)(nil)

// readTries bounds how often ReadAt asks again for what a broken answer did not bring.
const readTries = 4

// ParseObject splits the URL of one object, as ParseOptions reads it, into its store's options and its key.
func ParseObject(raw string) (Options, string, error) {
	o, err := ParseOptions(raw)
	if err != nil {
		return Options{}, "", err
	}
	if o.Prefix == "" || strings.HasSuffix(pathOf(raw), "/") {
		return Options{}, "", rung.Errorf(rung.CodeInvalid, "write s3://BUCKET/KEY", "%q names no object", redacted(raw))
	}
	key := o.Prefix
	o.Prefix = ""
	return o, key, nil
}

func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Path
}

// OpenObject opens an object for reading at any offset until ctx ends.
func (s *Store) OpenObject(ctx context.Context, key string) (*Object, error) {
	info, err := s.Stat(ctx, key)
	if err != nil {
		return nil, err
	}
	return &Object{ctx: ctx, store: s, info: info}, nil
}

// Size is the object's, in bytes.
func (o *Object) Size() int64 { return o.info.Size }

// ETag is the object's: strong, quoted as in HTTP.
func (o *Object) ETag() string { return o.info.ETag }

// Modified is when the object was last written.
func (o *Object) Modified() time.Time { return o.info.Modified }

// Close ends the use of the object.
func (o *Object) Close() error { return nil }

// ReadAt implements io.ReaderAt: one ranged request with If-Match, and another for the rest where an answer breaks off.
func (o *Object) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, rung.Errorf(rung.CodeInvalid, "offsets start at 0", "object %q: read at %d", o.info.Key, off)
	}
	want := p[:min(int64(len(p)), max(o.info.Size-off, 0))]
	n := 0
	for try := 1; n < len(want); try++ {
		got, err := o.readOnce(want[n:], off+int64(n))
		n += got
		if err != nil && (try == readTries || rung.CodeOf(err) != rung.CodeUnavailable) {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (o *Object) readOnce(p []byte, off int64) (int, error) {
	var opts minio.GetObjectOptions
	opts.Set("Range", rangeHeader(off, int64(len(p))))
	if err := opts.SetMatchETag(strings.Trim(o.info.ETag, `"`)); err != nil {
		return 0, &rung.Error{Code: rung.CodeInternal, Message: object(o.info.Key) + " has no entity tag", Err: err}
	}
	body, _, _, err := o.store.core.GetObject(o.ctx, o.store.bucket, o.store.prefix+o.info.Key, opts)
	if err != nil {
		return 0, o.store.mapError(o.ctx, err, object(o.info.Key))
	}
	defer body.Close()
	n, err := io.ReadFull(body, p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, o.store.mapError(o.ctx, err, object(o.info.Key))
}
