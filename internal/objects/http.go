package objects

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rung"
)

const (
	// httpTries is how many times a request is made where a failure may pass.
	httpTries = 4
	// firstPause is before the second try; each further one waits twice as long.
	firstPause = 200 * time.Millisecond
	// tryTimeout bounds one try, its body included.
	tryTimeout = 60 * time.Second
	// maxRedirects bounds a chain of redirects.
	maxRedirects = 5
)

// httpSource fetches ranges of one version of an object on a web server.
type httpSource struct {
	url    *url.URL
	client *http.Client

	// What the first answer said; each further one must say the same.
	size         int64
	etag         string
	lastModified string
}

// openHTTP asks for the object's first block, which tells whether there are ranges, its size and its version. A HEAD
// would not do: URLs signed for GET refuse it.
func openHTTP(ctx context.Context, u *url.URL, p Policy) (Object, error) {
	if u.Host == "" {
		return nil, rung.Errorf(rung.CodeInvalid, "a URL looks like https://host/path/file.mp4", "%s: the URL has no host", shown(u))
	}
	s := &httpSource{url: u, client: newClient(p), size: -1}
	first, err := s.fetch(ctx, 0, blockSize)
	if err != nil {
		s.client.CloseIdleConnections()
		return nil, err
	}
	o := NewRanged(ctx, s.size, s.etag, s.fetch, func() error {
		s.client.CloseIdleConnections()
		return nil
	}).(*ranged)
	o.keep(0, first)
	o.next, o.ahead = 1, 1
	return o, nil
}

// newClient makes a client under the policy's guard. It uses no proxy: one would make the connections out of the guard's
// sight.
func newClient(p Policy) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:           guard{p}.dialer().DialContext,
			TLSClientConfig:       &tls.Config{RootCAs: p.RootCAs, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:   10 * time.Second,
			ResponseHeaderTimeout: 20 * time.Second,
			IdleConnTimeout:       60 * time.Second,
			DisableCompression:    true,
			ForceAttemptHTTP2:     true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return rung.Errorf(rung.CodeInvalid, "give the final URL", "more than %d redirects", maxRedirects)
			}
			if r.URL.Scheme != "https" && (r.URL.Scheme != "http" || via[0].URL.Scheme == "https") {
				return rung.Errorf(rung.CodeForbidden, "give the final URL", "redirected from %s: to %s:", via[0].URL.Scheme, r.URL.Scheme)
			}
			return p.checkScheme(r.URL.Scheme, shown(r.URL))
		},
	}
}

// fetch implements Fetch, with further tries where a failure may pass. Before the size is known it takes what there is
// of n bytes.
func (s *httpSource) fetch(ctx context.Context, off, n int64) ([]byte, error) {
	pause := firstPause
	for try := 1; ; try++ {
		data, err := s.try(ctx, off, n)
		if err == nil || try == httpTries || rung.CodeOf(err) != rung.CodeUnavailable || ctx.Err() != nil {
			return data, err
		}
		t := time.NewTimer(pause + rand.N(pause/2))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, err
		}
		pause *= 2
	}
}

// try makes one request.
func (s *httpSource) try(ctx context.Context, off, n int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url.String(), nil)
	if err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, "", "%s: %w", shown(s.url), err)
	}
	req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+n-1))
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "rung")
	s.pin(req)
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, s.requestError(ctx, err)
	}
	defer resp.Body.Close()
	if err := s.checkStatus(resp); err != nil {
		return nil, err
	}
	n, err = s.checkRange(resp, off, n)
	if err != nil {
		return nil, err
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(resp.Body, data); err != nil {
		return nil, s.requestError(ctx, err)
	}
	return data, nil
}

// pin asks the server for no other version than the first.
func (s *httpSource) pin(req *http.Request) {
	switch {
	case s.etag != "" && !strings.HasPrefix(s.etag, "W/"): // If-Match never matches a weak one (RFC 9110, 13.1.1)
		req.Header.Set("If-Match", s.etag)
	case s.lastModified != "":
		req.Header.Set("If-Unmodified-Since", s.lastModified)
	}
}

// checkStatus wants 206 and classes everything else.
func (s *httpSource) checkStatus(resp *http.Response) error {
	name := shown(s.url)
	switch code := resp.StatusCode; {
	case code == http.StatusPartialContent:
		if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
			return rung.Errorf(rung.CodeInvalid, "serve the file as it is", "%s: the server encodes it as %q", name, e)
		}
		return nil
	case code == http.StatusOK:
		if resp.ContentLength == 0 {
			return rung.Errorf(rung.CodeBadInput, emptyHint, "%s is empty", name)
		}
		return rung.Errorf(rung.CodeInvalid, "download the file first, or serve it from a server that has byte ranges", "%s: the server does not serve byte ranges", name)
	case code == http.StatusRequestedRangeNotSatisfiable && s.size < 0:
		return rung.Errorf(rung.CodeBadInput, emptyHint, "%s is empty", name)
	case code == http.StatusPreconditionFailed, code == http.StatusRequestedRangeNotSatisfiable:
		return s.changed()
	case code == http.StatusNotFound, code == http.StatusGone:
		return rung.Errorf(rung.CodeNotFound, "check the URL", "%s: there is no such object (HTTP %d)", name, code)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return rung.Errorf(rung.CodeForbidden, "give the URL with its credentials or its signature; a signed URL may have expired", "%s may not be read (HTTP %d)", name, code)
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		return rung.Errorf(rung.CodeUnavailable, "try again later", "%s: the server answers HTTP %d", name, code)
	default:
		return rung.Errorf(rung.CodeInvalid, "give the URL of the file itself", "%s: the server answers HTTP %d", name, code)
	}
}

// checkRange takes or compares what a 206 says of the object, and gives how many bytes its body has.
func (s *httpSource) checkRange(resp *http.Response, off, n int64) (int64, error) {
	first, last, size, err := parseContentRange(resp.Header.Get("Content-Range"))
	if err != nil {
		return 0, rung.Errorf(rung.CodeInvalid, "download the file first, or serve it from a server that has byte ranges", "%s: %w", shown(s.url), err)
	}
	etag, modified := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	if s.size < 0 {
		s.size, s.etag, s.lastModified = size, etag, modified
	} else if size != s.size || etag != s.etag || modified != s.lastModified {
		return 0, s.changed()
	}
	n = min(n, size-off)
	if first != off || last-first+1 != n {
		return 0, rung.Errorf(rung.CodeUnavailable, "the server may be broken", "%s: bytes %d to %d answer a request for %d at %d", shown(s.url), first, last, n, off)
	}
	return n, nil
}

// changed is the error of an object that is not the one that was opened.
func (s *httpSource) changed() error {
	return rung.Errorf(rung.CodeBadInput, "publish a new version under a new name, then start again", "%s changed while it was read", shown(s.url))
}

// requestError classes a request that got no whole answer. The standard library's error names the URL with its query, so
// only what lies under it is kept.
func (s *httpSource) requestError(ctx context.Context, err error) error {
	var classed *rung.Error
	if errors.As(err, &classed) {
		return &rung.Error{Code: classed.Code, Message: shown(s.url) + ": " + classed.Message, Hint: classed.Hint, Err: classed.Err}
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return rung.Errorf(rung.CodeCanceled, "", "%s: reading was stopped: %w", shown(s.url), ctx.Err())
	}
	return rung.Errorf(rung.CodeUnavailable, "check that the server is up and can be reached from this machine", "%s cannot be read: %w", shown(s.url), err)
}

// parseContentRange reads "bytes FIRST-LAST/SIZE" (RFC 9110, 14.4).
func parseContentRange(v string) (first, last, size int64, err error) {
	bad := fmt.Errorf("the server's Content-Range %q does not say first, last and size", v)
	span, total, ok := strings.Cut(strings.TrimPrefix(v, "bytes "), "/")
	from, to, dash := strings.Cut(span, "-")
	if !ok || !dash || !strings.HasPrefix(v, "bytes ") {
		return 0, 0, 0, bad
	}
	var errs [3]error
	first, errs[0] = strconv.ParseInt(from, 10, 64)
	last, errs[1] = strconv.ParseInt(to, 10, 64)
	size, errs[2] = strconv.ParseInt(total, 10, 64)
	if errors.Join(errs[:]...) != nil || first < 0 || first > last || last >= size {
		return 0, 0, 0, bad
	}
	return first, last, size, nil
}
