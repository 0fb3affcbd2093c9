package receive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rung"
	"rung/internal/mpegts"
)

const (
	// httpTimeout bounds connecting, the wait for an answer, and each silence of its body.
	httpTimeout = 10 * time.Second
	// junkLimit is how much without a single packet is no transport stream.
	junkLimit = 1 << 20
	// readSize is how much is read at a time.
	readSize = 64 << 10
	// httpLead is how far ahead of its own clock a stream may be. Live servers begin with some seconds at once; one
	// that gives a recording as fast as it is read is read at the recording's pace.
	httpLead = 5 * time.Second
)

// httpReceiver takes a transport stream as the body of an answer that does not end.
type httpReceiver struct {
	url     *url.URL
	options Options
	counters
	aligner mpegts.Aligner
	client  *http.Client
	pacer   pacer // of all answers
}

func newHTTP(u *url.URL, o Options) (Receiver, error) {
	if u.Host == "" {
		return nil, rung.Errorf(rung.CodeInvalid, "write http://host/path", "source.url %q has no host", u.Redacted())
	}
	dialer := &net.Dialer{Timeout: httpTimeout}
	if !o.AllowPrivate {
		dialer.ControlContext = publicOnly
	}
	return &httpReceiver{url: u, options: o, client: &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: httpTimeout, ResponseHeaderTimeout: httpTimeout,
			DisableKeepAlives: true, // one request per connection: nothing stays behind
		},
	}}, nil
}

// Run implements Receiver.
func (r *httpReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	r.pacer = pacer{clock: r.options.Clock, lead: httpLead, out: r.counted(sink)}
	return reconnect(ctx, r.options, &r.counters, r.get)
}

// Figures implements Receiver.
func (r *httpReceiver) Figures() rung.SourceFigures { return r.counters.read(time.Time{}, 0) }

// get receives one answer to its end.
func (r *httpReceiver) get(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url.String(), nil)
	if err != nil {
		return rung.Errorf(rung.CodeInvalid, schemesHint, "source.url %q cannot be requested: %w", r.url.Redacted(), err)
	}
	req.Header.Set("User-Agent", "rung")
	res, err := r.client.Do(req)
	if err != nil {
		return r.requestError(err)
	}
	defer res.Body.Close()
	if err := r.check(res); err != nil {
		return err
	}
	r.options.Logger.Info("receiving by HTTP", slog.String("url", r.url.Redacted()))
	return r.read(ctx, res.Body, cancel)
}

// requestError keeps our own errors from inside the dialer.
func (r *httpReceiver) requestError(err error) error {
	var own *rung.Error
	if errors.As(err, &own) {
		return own
	}
	return rung.Errorf(rung.CodeUnavailable, "check the URL and whether the server runs", "%s does not answer: %w", r.url.Redacted(), networkCause(err))
}

// check looks at an answer's head.
func (r *httpReceiver) check(res *http.Response) error {
	switch {
	case res.StatusCode == http.StatusUnauthorized:
		return rung.Errorf(rung.CodeUnauthorized, "write http://user:password@host/path", "%s asks for a password", r.url.Redacted())
	case res.StatusCode != http.StatusOK:
		return rung.Errorf(rung.CodeUnavailable, "check the URL's path", "%s answers %s", r.url.Redacted(), res.Status)
	case strings.Contains(strings.ToLower(res.Header.Get("Content-Type")), "mpegurl"):
		return rung.Errorf(rung.CodeUnsupported, "give the URL of a transport stream", "%s is an HLS playlist", r.url.Redacted())
	}
	return nil
}

// read takes the body; a silence of httpTimeout ends it.
func (r *httpReceiver) read(ctx context.Context, body io.Reader, cancel func()) error {
	watchdog := time.AfterFunc(httpTimeout, cancel)
	defer watchdog.Stop()
	r.aligner.Reset()
	buf := make([]byte, readSize)
	junk := 0
	for {
		watchdog.Reset(httpTimeout)
		n, err := body.Read(buf)
		watchdog.Stop() // pacing is no silence
		junk += n
		var failed error
		r.aligner.Write(buf[:n], func(packets []byte) {
			junk = 0
			if failed == nil {
				failed = r.pacer.write(ctx, packets)
			}
		})
		r.syncLosses(r.aligner.SyncLosses())
		switch {
		case failed != nil:
			return failed
		case junk > junkLimit:
			return notTransportStream(r.url.Redacted())
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", r.url.Redacted(), err)
		}
	}
}

// notTransportStream is for sources that send something else.
func notTransportStream(name string) error {
	return rung.Errorf(rung.CodeBadInput, "give a source that sends MPEG-TS with packets of 188 or 204 bytes",
		"%s is not a transport stream: %d bytes have no packet", name, junkLimit)
}
