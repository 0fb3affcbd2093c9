package s3_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"rung"
	"rung/store"
	"rung/store/s3"
	"rung/store/storetest"
)

// server is the MinIO server of all tests here.
var server *storetest.MinIO

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if server, err = storetest.StartMinIO(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer server.Stop()
		return m.Run()
	}())
}

var folders atomic.Int64

func options() s3.Options {
	return s3.Options{
		Bucket: server.Bucket, Prefix: fmt.Sprintf("test-%d", folders.Add(1)), Endpoint: server.Endpoint, Region: "us-east-1",
		PathStyle: true, Insecure: true, AccessKey: server.AccessKey, SecretKey: server.SecretKey,
	}
}

func open(t *testing.T, o s3.Options) *s3.Store {
	t.Helper()
	s, err := s3.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, options()) })
}

func TestCheck(t *testing.T) {
	if err := open(t, options()).Check(t.Context()); err != nil {
		t.Errorf("a bucket that is there: %v", err)
	}
	o := options()
	o.Bucket = "no-such-bucket"
	if err := open(t, o).Check(t.Context()); rung.CodeOf(err) != rung.CodeNotFound || !strings.Contains(err.Error(), "no-such-bucket") {
		t.Errorf("no bucket: %v", err)
	}
	o = options()
	o.SecretKey = "wrong-secret"
	err := open(t, o).Check(t.Context())
	if rung.CodeOf(err) != rung.CodeForbidden || rung.AsError(err).Hint == "" {
		t.Errorf("a wrong key: %v", err)
	}
	if strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("the message has the secret: %v", err)
	}
}

func TestPutIntoMissingBucket(t *testing.T) {
	o := options()
	o.Bucket = "no-such-bucket"
	err := open(t, o).Put(t.Context(), "a", []byte("x"), rung.ObjectOptions{})
	if rung.CodeOf(err) != rung.CodeNotFound || !strings.Contains(err.Error(), "no-such-bucket") {
		t.Errorf("put: %v", err)
	}
}

func TestServerAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Endpoint, o.Tries = l.Addr().String(), 1
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	err = open(t, o).Put(t.Context(), "a", []byte("x"), rung.ObjectOptions{})
	if rung.CodeOf(err) != rung.CodeUnavailable || !strings.Contains(err.Error(), o.Endpoint) {
		t.Errorf("put: %v, not unavailable with the endpoint", err)
	}
}

func TestServerComesBack(t *testing.T) {
	o := options()
	o.Tries = 60
	s := open(t, o)
	if err := s.Put(t.Context(), "kept", []byte("before"), rung.ObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	put := make(chan error, 1)
	go func() { put <- s.Put(t.Context(), "late", []byte("after"), rung.ObjectOptions{}) }()
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := <-put; err != nil {
		t.Errorf("a put did not outlast the server's restart: %v", err)
	}
	if _, err := s.Stat(t.Context(), "kept"); err != nil {
		t.Errorf("a confirmed object: %v", err)
	}
}

// TestTransientAnswers uses a server of its own in front of the real one, which refuses the first requests.
func TestTransientAnswers(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		want   rung.Code // "": done at a later try
	}{
		{503, `<Error><Code>SlowDown</Code></Error>`, ""},
		{500, `<Error><Code>InternalError</Code></Error>`, ""},
		{403, `<Error><Code>AccessDenied</Code></Error>`, ""}, // a folder of MinIO that is just going away
		{507, `<Error><Code>XMinioStorageFull</Code></Error>`, rung.CodeFull},
		{400, `<Error><Code>XMinioParentIsObject</Code></Error>`, rung.CodeInvalid},
		{403, `<Error><Code>AccessDenied</Code></Error>`, rung.CodeForbidden},
	} {
		var asked atomic.Int64
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if asked.Add(1) <= 2 || test.want != "" {
				w.Header().Set("Content-Type", "application/xml")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
				return
			}
			w.Header().Set("ETag", `"abc"`)
		}))
		o := options()
		o.Endpoint = proxy.Listener.Addr().String()
		err := open(t, o).Put(t.Context(), "a", []byte("x"), rung.ObjectOptions{})
		proxy.Close()
		if rung.CodeOf(err) != test.want {
			t.Errorf("%s: %v, not %q", test.body, err, test.want)
		}
		if test.want == "" && asked.Load() != 3 {
			t.Errorf("%s: %d requests, not 3", test.body, asked.Load())
		}
		if e := rung.AsError(err); err != nil && e.Hint == "" {
			t.Errorf("%s: no hint", test.body)
		}
	}
}

func TestObject(t *testing.T) {
	s := open(t, options())
	body := bytes.Repeat([]byte("0123456789"), 100_000)
	if err := s.Put(t.Context(), "in.mp4", body, rung.ObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	o, err := s.OpenObject(t.Context(), "in.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	info, err := s.Stat(t.Context(), "in.mp4")
	if err != nil || o.Size() != int64(len(body)) || o.ETag() != info.ETag || o.Modified().IsZero() {
		t.Errorf("size %d, entity tag %s, not those of %+v (%v)", o.Size(), o.ETag(), info, err)
	}
	got, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("read %d bytes that are not the object's %d: %v", len(got), len(body), err)
	}
	p := make([]byte, 8)
	if n, err := o.ReadAt(p, o.Size()-3); n != 3 || err != io.EOF || string(p[:n]) != "789" {
		t.Errorf("read at the end: %q, %v", p[:n], err)
	}
	if n, err := o.ReadAt(p, o.Size()+3); n != 0 || err != io.EOF {
		t.Errorf("read behind the end: %q, %v", p[:n], err)
	}
	if err := s.Put(t.Context(), "in.mp4", body[1:], rung.ObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.ReadAt(p, 0); rung.CodeOf(err) != rung.CodeConflict {
		t.Errorf("read of an object that was replaced: %v, not conflict", err)
	}
	if _, err := s.OpenObject(t.Context(), "absent"); rung.CodeOf(err) != rung.CodeNotFound {
		t.Errorf("an object that is not there: %v", err)
	}
}

// TestObjectReadsOn has a server that breaks each answer off after some bytes.
func TestObjectReadsOn(t *testing.T) {
	body := []byte(strings.Repeat("0123456789", 100))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"abc"`)
		w.Header().Set("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT")
		if r.Method == http.MethodHead {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			return
		}
		var from, to int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); err != nil || r.Header.Get("If-Match") != `"abc"` {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(to-from+1))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(body[from:min(to+1, from+400)])
	}))
	defer proxy.Close()
	o := options()
	o.Endpoint = proxy.Listener.Addr().String()
	object, err := open(t, o).OpenObject(t.Context(), "in.ts")
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(body))
	if n, err := object.ReadAt(got, 0); err != nil || n != len(body) || !bytes.Equal(got, body) {
		t.Errorf("read %d of %d bytes: %v", n, len(body), err)
	}
}

func TestCredentialsFromEnvironment(t *testing.T) {
	o := options()
	t.Setenv("AWS_ACCESS_KEY_ID", server.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", server.SecretKey)
	s, err := s3.Parse(server.URL(o.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Check(t.Context()), s.Put(t.Context(), "a", []byte("x"), rung.ObjectOptions{})); err != nil {
		t.Error(err)
	}
}
