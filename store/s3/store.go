// Package s3 keeps objects in a bucket of an S3 server: Amazon's, MinIO, Ceph and their like. It is the only owner of
// minio-go.
package s3

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"rung"
	"rung/store"
)

// defaultTries sends a request again after 0.2, 0.4, 0.8, 1 and 1 seconds at most.
const defaultTries = 6

// maxDelete is how many keys one delete request may carry.
const maxDelete = 1000

// Store is a bucket, or a folder of one, as an object store.
type Store struct {
	core   minio.Core
	bucket string
	prefix string // with its closing slash, or empty
}

var _ store.Store = (*Store)(nil)

// Parse is the store that an s3:// URL names; see ParseOptions. Nothing is sent yet.
func Parse(raw string) (*Store, error) {
	o, err := ParseOptions(raw)
	if err != nil {
		return nil, err
	}
	return New(o)
}

// New is the store in a bucket. Nothing is sent yet: Check says whether it can be used.
func New(o Options) (*Store, error) {
	if o.Bucket == "" {
		return nil, rung.Errorf(rung.CodeInvalid, urlHint, "the object store's bucket is empty")
	}
	prefix := strings.Trim(o.Prefix, "/")
	if prefix != "" {
		if err := store.CheckKey(prefix); err != nil {
			return nil, err
		}
		prefix += "/"
	}
	client, err := newClient(o)
	if err != nil {
		return nil, err
	}
	return &Store{core: minio.Core{Client: client}, bucket: o.Bucket, prefix: prefix}, nil
}

func newClient(o Options) (*minio.Client, error) {
	transport, err := newTransport(o)
	if err != nil {
		return nil, err
	}
	lookup := minio.BucketLookupAuto
	if o.PathStyle {
		lookup = minio.BucketLookupPath
	}
	endpoint, tries := o.Endpoint, o.Tries
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	if tries == 0 {
		tries = defaultTries
	}
	client, err := minio.New(endpoint, &minio.Options{
		Creds: credentialsOf(o, transport), Secure: !o.Insecure, Transport: transport, Region: o.Region, BucketLookup: lookup, MaxRetries: tries,
	})
	if err != nil {
		return nil, &rung.Error{Code: rung.CodeInvalid, Message: "store endpoint " + endpoint + " is not valid", Hint: urlHint, Err: err}
	}
	return client, nil
}

func credentialsOf(o Options, transport http.RoundTripper) *credentials.Credentials {
	if o.AccessKey != "" && o.SecretKey != "" {
		return credentials.NewStaticV4(o.AccessKey, o.SecretKey, o.SessionToken)
	}
	return credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.EnvMinio{},
		&credentials.FileAWSCredentials{},
		&credentials.IAM{Client: &http.Client{Transport: transport, Timeout: 5 * time.Second}},
	})
}

func newTransport(o Options) (*http.Transport, error) {
	t, err := minio.DefaultTransport(!o.Insecure)
	if err != nil {
		return nil, &rung.Error{Code: rung.CodeInternal, Message: "the system's certificates cannot be read", Err: err}
	}
	// A server that accepts a connection and then says nothing must not hold a segment up.
	t.ResponseHeaderTimeout = 30 * time.Second
	if o.CAFile == "" || o.Insecure {
		return t, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, &rung.Error{Code: rung.CodeInvalid, Message: "certificate file " + o.CAFile + " cannot be read", Hint: "name a PEM file of certificate authorities", Err: err}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, rung.Errorf(rung.CodeInvalid, "name a PEM file of certificate authorities", "certificate file %s holds no certificate", o.CAFile)
	}
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
	return t, nil
}

// Check asks the server for the bucket: an error says what stands in the way of using it.
func (s *Store) Check(ctx context.Context) error {
	found, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil {
		return s.mapError(ctx, err, "bucket "+s.bucket)
	}
	if !found {
		return rung.Errorf(rung.CodeNotFound, "create the bucket, or correct its name", "bucket %s is not on %s", s.bucket, s.core.EndpointURL().Host)
	}
	return nil
}

// putTries is how often a put that is denied is made: MinIO on a file system says so, too, where the last other object of
// the same folder is deleted at that moment.
const putTries = 3

// Put stores body under key in one request.
func (s *Store) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	opts := minio.PutObjectOptions{ContentType: o.ContentType, CacheControl: o.CacheControl, DisableMultipart: true}
	if opts.ContentType == "" {
		opts.ContentType = store.ContentType(key)
	}
	if o.IfAbsent {
		opts.SetMatchETagExcept("*")
	}
	var err error
	for range putTries {
		_, err = s.core.Client.PutObject(ctx, s.bucket, s.prefix+key, bytes.NewReader(body), int64(len(body)), opts)
		if minio.ToErrorResponse(err).Code != minio.AccessDenied {
			break
		}
	}
	if o.IfAbsent && minio.ToErrorResponse(err).Code == minio.PreconditionFailed {
		return nil
	}
	return s.mapError(ctx, err, object(key))
}

// Open reads a range of an object in one request.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, rung.ObjectInfo, error) {
	if err := check(ctx, key); err != nil {
		return nil, rung.ObjectInfo{}, err
	}
	if offset < 0 || length < -1 {
		return nil, rung.ObjectInfo{}, rung.Errorf(rung.CodeInvalid, "offsets start at 0; a length of -1 is to the end", "object %q: range of %d bytes from %d", key, length, offset)
	}
	if length == 0 {
		return s.openNothing(ctx, key)
	}
	var opts minio.GetObjectOptions
	if offset > 0 || length > 0 {
		opts.Set("Range", rangeHeader(offset, length))
	}
	body, stat, header, err := s.core.GetObject(ctx, s.bucket, s.prefix+key, opts)
	if minio.ToErrorResponse(err).StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return s.openNothing(ctx, key)
	}
	if err != nil {
		return nil, rung.ObjectInfo{}, s.mapError(ctx, err, object(key))
	}
	info := describe(key, stat)
	if size, ok := wholeSize(header.Get("Content-Range")); ok {
		info.Size = size
	}
	return &reader{ctx: ctx, store: s, key: key, body: body}, info, nil
}

// openNothing is an empty range of an object that is there.
func (s *Store) openNothing(ctx context.Context, key string) (io.ReadCloser, rung.ObjectInfo, error) {
	info, err := s.Stat(ctx, key)
	if err != nil {
		return nil, info, err
	}
	return http.NoBody, info, nil
}

// Stat describes an object.
func (s *Store) Stat(ctx context.Context, key string) (rung.ObjectInfo, error) {
	if err := check(ctx, key); err != nil {
		return rung.ObjectInfo{}, err
	}
	stat, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return rung.ObjectInfo{}, s.mapError(ctx, err, object(key))
	}
	return describe(key, stat), nil
}

// List calls fn for each object whose key begins with prefix. ContentType and CacheControl stay empty.
func (s *Store) List(ctx context.Context, prefix string, fn func(rung.ObjectInfo) error) error {
	if err := store.CheckPrefix(prefix); err != nil {
		return err
	}
	// ListObjects' goroutine ends with the context.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for entry := range s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
		if entry.Err != nil {
			return s.mapError(ctx, entry.Err, "list of "+prefix)
		}
		key := strings.TrimPrefix(entry.Key, s.prefix)
		if store.CheckKey(key) != nil {
			continue // another program's, such as a folder's marker
		}
		if err := fn(describe(key, entry)); err != nil {
			return err
		}
	}
	return s.mapError(ctx, ctx.Err(), "list of "+prefix)
}

// Delete removes objects, up to a thousand in one request.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := check(ctx, key); err != nil {
			return err
		}
	}
	var first error
	for len(keys) > 0 {
		n := min(len(keys), maxDelete)
		if err := s.deleteSome(ctx, keys[:n]); err != nil && first == nil {
			first = err
		}
		keys = keys[n:]
	}
	return first
}

func (s *Store) deleteSome(ctx context.Context, keys []string) error {
	if len(keys) == 1 {
		err := s.core.RemoveObject(ctx, s.bucket, s.prefix+keys[0], minio.RemoveObjectOptions{})
		return notFoundIsFine(s.mapError(ctx, err, object(keys[0])))
	}
	objects := make(chan minio.ObjectInfo, len(keys))
	for _, key := range keys {
		objects <- minio.ObjectInfo{Key: s.prefix + key}
	}
	close(objects)
	var first error
	for failed := range s.core.RemoveObjects(ctx, s.bucket, objects, minio.RemoveObjectsOptions{}) {
		err := notFoundIsFine(s.mapError(ctx, failed.Err, object(strings.TrimPrefix(failed.ObjectName, s.prefix))))
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = s.mapError(ctx, ctx.Err(), "removal of objects")
	}
	return first
}

func notFoundIsFine(err error) error {
	if rung.CodeOf(err) == rung.CodeNotFound {
		return nil
	}
	return err
}

func check(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return &rung.Error{Code: rung.CodeCanceled, Message: object(key) + ": stopped before it was done", Err: err}
	}
	return store.CheckKey(key)
}

func describe(key string, o minio.ObjectInfo) rung.ObjectInfo {
	return rung.ObjectInfo{
		Key: key, Size: o.Size, ETag: quoted(o.ETag), Modified: o.LastModified,
		ContentType: o.ContentType, CacheControl: o.Metadata.Get("Cache-Control"),
	}
}

func quoted(etag string) string {
	if etag == "" {
		return ""
	}
	return `"` + strings.Trim(etag, `"`) + `"`
}
