package objects

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rung"
)

// fileServer serves data under /film.mp4 with ranges and the ETag that etag holds; before each answer it calls first, if
// set, which may answer itself and return true.
type fileServer struct {
	*httptest.Server
	data     []byte
	etag     atomic.Value
	requests atomic.Int64
	first    func(w http.ResponseWriter, r *http.Request, n int64) bool
}

func newFileServer(t *testing.T, data []byte) *fileServer {
	t.Helper()
	s := &fileServer{data: data}
	s.etag.Store(`"v1"`)
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *fileServer) serve(w http.ResponseWriter, r *http.Request) {
	n := s.requests.Add(1)
	if s.first != nil && s.first(w, r, n) {
		return
	}
	if etag := s.etag.Load().(string); etag != "" {
		w.Header().Set("ETag", etag)
	}
	http.ServeContent(w, r, "film.mp4", time.Unix(1e9, 0), bytes.NewReader(s.data))
}

// open opens the server's file.
func (s *fileServer) open(t *testing.T) (Object, error) {
	t.Helper()
	o, err := Open(t.Context(), s.URL+"/film.mp4?signature=hunter2", Policy{AllowPrivate: true})
	if err == nil {
		t.Cleanup(func() { _ = o.Close() })
	} else if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error tells the query: %v", err)
	}
	return o, err
}

func TestHTTP(t *testing.T) {
	s := newFileServer(t, testData(9*blockSize+77))
	o, err := s.open(t)
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, o, string(s.data))
	if o.ETag() != `"v1"` {
		t.Errorf("the ETag is %s", o.ETag())
	}
	if n := s.requests.Load(); n != 4 { // 1 + 2 + 4 + 3 blocks
		t.Errorf("reading %d bytes took %d requests", len(s.data), n)
	}
}

func TestHTTPSmallFile(t *testing.T) {
	s := newFileServer(t, []byte("tiny"))
	o, err := s.open(t)
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, o, "tiny")
}

func TestHTTPS(t *testing.T) {
	plain := newFileServer(t, []byte("secret film"))
	s := httptest.NewTLSServer(plain.Config.Handler)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	o, err := Open(t.Context(), s.URL+"/film.mp4", Policy{AllowPrivate: true, RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, o, "secret film")
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

func TestHTTPAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		code   rung.Code
		word   string
		tries  int64
	}{
		"no ranges":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 5000)) }, rung.CodeInvalid, "does not serve byte ranges", 1},
		"empty":       {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") }, rung.CodeBadInput, "is empty", 1},
		"empty range": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(416) }, rung.CodeBadInput, "is empty", 1},
		"not there":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, rung.CodeNotFound, "HTTP 404", 1},
		"forbidden":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, rung.CodeForbidden, "HTTP 403", 1},
		"odd":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, rung.CodeInvalid, "HTTP 418", 1},
		"odd range":   {rangeAnswer("bytes 5-9/100"), rung.CodeUnavailable, "bytes 5 to 9", httpTries},
		"no total":    {rangeAnswer("bytes 0-9/*"), rung.CodeInvalid, "Content-Range", 1},
		"no range":    {rangeAnswer(""), rung.CodeInvalid, "Content-Range", 1},
		"encoded": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			rangeAnswer("bytes 0-9/10")(w, r)
		}, rung.CodeInvalid, `"br"`, 1},
		"down": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, rung.CodeUnavailable, "HTTP 503", httpTries},
		"downgraded": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "ftp://host/film", http.StatusFound)
		}, rung.CodeForbidden, "to ftp:", 1},
		"in circles": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/film.mp4", http.StatusFound)
		}, rung.CodeInvalid, "redirects", maxRedirects + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFileServer(t, nil)
			s.first = func(w http.ResponseWriter, r *http.Request, _ int64) bool {
				test.answer(w, r)
				return true
			}
			_, err := s.open(t)
			wantError(t, err, test.code, test.word, s.URL)
			if n := s.requests.Load(); n != test.tries {
				t.Errorf("it took %d requests, want %d", n, test.tries)
			}
		})
	}
}

// rangeAnswer answers 206 with ten bytes and a Content-Range.
func rangeAnswer(contentRange string) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentRange != "" {
			w.Header().Set("Content-Range", contentRange)
		}
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(make([]byte, 10))
	}
}

func TestHTTPTriesAgain(t *testing.T) {
	s := newFileServer(t, testData(2*blockSize))
	s.first = func(w http.ResponseWriter, _ *http.Request, n int64) bool {
		switch n {
		case 1:
			w.WriteHeader(http.StatusBadGateway)
			return true
		case 3: // the connection breaks in mid-body
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", blockSize, 2*blockSize-1, 2*blockSize))
			w.Header().Set("Content-Length", fmt.Sprint(blockSize))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(make([]byte, 1000))
			panic(http.ErrAbortHandler)
		}
		return false
	}
	o, err := s.open(t)
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, o, string(s.data))
	if n := s.requests.Load(); n != 4 {
		t.Errorf("it took %d requests", n)
	}
}

func TestHTTPObjectThatChanges(t *testing.T) {
	for name, change := range map[string]func(s *fileServer){
		"ETag": func(s *fileServer) { s.etag.Store(`"v2"`) },
		"size": func(s *fileServer) { s.data = s.data[:2*blockSize] },
		"gone short": func(s *fileServer) {
			s.etag.Store("") // the server no longer says
			s.data = s.data[:10]
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFileServer(t, testData(3*blockSize))
			o, err := s.open(t)
			if err != nil {
				t.Fatal(err)
			}
			change(s)
			_, err = o.ReadAt(make([]byte, 1), blockSize)
			wantError(t, err, rung.CodeBadInput, "changed while it was read")
		})
	}
}

func TestHTTPPinsItsVersion(t *testing.T) {
	for etag, want := range map[string][2]string{
		`"v1"`:   {`"v1"`, ""},
		`W/"v1"`: {"", time.Unix(1e9, 0).UTC().Format(http.TimeFormat)},
	} {
		s := newFileServer(t, testData(2*blockSize))
		s.etag.Store(etag)
		got := make(chan [2]string, 2)
		s.first = func(_ http.ResponseWriter, r *http.Request, _ int64) bool {
			got <- [2]string{r.Header.Get("If-Match"), r.Header.Get("If-Unmodified-Since")}
			return false
		}
		o, err := s.open(t)
		if err != nil {
			t.Fatal(err)
		}
		wantBytes(t, o, string(s.data))
		if first, second := <-got, <-got; first != [2]string{} || second != want {
			t.Errorf("%s: the requests were conditional on %q, then %q; want none, then %q", etag, first, second, want)
		}
	}
}

func TestHTTPPrivateAddresses(t *testing.T) {
	inside := newFileServer(t, []byte("inside"))
	for _, location := range []string{inside.URL, strings.Replace(inside.URL, "127.0.0.1", "localhost", 1)} {
		_, err := Open(t.Context(), location, Policy{})
		wantError(t, err, rung.CodeForbidden, "not a public one")
	}
	if n := inside.requests.Load(); n != 0 {
		t.Errorf("%d requests got through", n)
	}
}

func TestHTTPRedirectToPrivateAddress(t *testing.T) {
	inside := newFileServer(t, []byte("inside"))
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	outside := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.RedirectHandler(inside.URL, http.StatusFound)}}
	outside.Start()
	defer outside.Close()
	_, err = Open(t.Context(), outside.URL, Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	wantError(t, err, rung.CodeForbidden, "127.0.0.1 is not a public one")
	if n := inside.requests.Load(); n != 0 {
		t.Errorf("%d requests got through", n)
	}
	o, err := Open(t.Context(), outside.URL, Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, o, "inside")
	_ = o.Close()
}

func TestHTTPUnreachable(t *testing.T) {
	s := newFileServer(t, nil)
	s.Close()
	_, err := s.open(t)
	wantError(t, err, rung.CodeUnavailable, "refused")
}

func TestHTTPContextEnds(t *testing.T) {
	s := newFileServer(t, testData(2*blockSize))
	ctx, cancel := context.WithCancel(t.Context())
	s.first = func(_ http.ResponseWriter, r *http.Request, n int64) bool {
		if n == 2 {
			cancel()
			<-r.Context().Done()
		}
		return false
	}
	o, err := Open(ctx, s.URL, Policy{AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	_, err = o.ReadAt(make([]byte, 1), blockSize)
	wantError(t, err, rung.CodeCanceled)
}
