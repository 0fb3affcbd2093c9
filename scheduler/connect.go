package scheduler

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"rung"
)

// newInstance names one life of one process, so that a process started anew is not taken for the one before it.
func newInstance() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// connect dials once; after that the connection comes back by itself for ever.
func (s *System) connect() (*nats.Conn, error) {
	opts := []nats.Option{
		nats.Name("rung " + s.o.Node),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 250*time.Millisecond),
		nats.IgnoreAuthErrorAbort(), // credentials that are being changed are no reason to give up for good
		nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
		nats.Timeout(5 * time.Second),
		// No buffer for the time without a connection: what was reported as failed must not be carried out later.
		nats.ReconnectBufSize(-1),
		nats.ReconnectHandler(func(c *nats.Conn) {
			s.o.Logger.Info("queue is back", "url", c.ConnectedUrlRedacted())
			s.link.setRestored()
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				s.o.Logger.Warn("queue is away", "error", err)
			}
		}),
		nats.ClosedHandler(func(*nats.Conn) { s.link.setClosed() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			s.o.Logger.Warn("queue connection", "error", err)
		}),
	}
	auth, err := authOptions(s.o)
	if err != nil {
		return nil, err
	}
	opts = append(opts, auth...)
	url := s.o.URL
	if s.embedded != nil {
		opts = append(opts, nats.InProcessServer(s.embedded.srv))
	}
	nc, err := nats.Connect(url, opts...)
	if err != nil {
		s.link.setClosed() // no connection, so no handler will say so
		return nil, connectError(err, url)
	}
	return nc, nil
}

func authOptions(o Options) (opts []nats.Option, err error) {
	for _, f := range []string{o.CredsFile, o.CAFile, o.CertFile, o.KeyFile} {
		if f == "" {
			continue
		}
		if _, err := os.Stat(f); err != nil {
			return nil, fileError(f, err)
		}
	}
	if o.CredsFile != "" {
		opts = append(opts, nats.UserCredentials(o.CredsFile))
	}
	if o.User != "" {
		opts = append(opts, nats.UserInfo(o.User, o.Password))
	}
	if o.Token != "" {
		opts = append(opts, nats.Token(o.Token))
	}
	if o.CAFile != "" {
		if text, err := os.ReadFile(o.CAFile); err != nil || !x509.NewCertPool().AppendCertsFromPEM(text) {
			return nil, rung.Errorf(rung.CodeInvalid, "give the authority's certificates in PEM", "queue: the file %s has no certificate", o.CAFile)
		}
		opts = append(opts, nats.RootCAs(o.CAFile))
	}
	if o.CertFile != "" {
		if _, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile); err != nil {
			return nil, rung.Errorf(rung.CodeInvalid, "give a certificate and the key that belongs to it, in PEM", "queue: client certificate %s with key %s: %w", o.CertFile, o.KeyFile, err)
		}
		opts = append(opts, nats.ClientCert(o.CertFile, o.KeyFile))
	}
	return opts, nil
}

func fileError(name string, err error) error {
	rule := "cannot be read"
	if errors.Is(err, fs.ErrNotExist) {
		rule = "does not exist"
	}
	return &rung.Error{Code: rung.CodeInvalid, Message: "queue: the file " + name + " " + rule, Hint: "check its path", Err: err}
}

func connectError(err error, url string) error {
	f := faultOf(err)
	if f.code == rung.CodeInternal { // refused, no such host, TLS: the dialler's own errors
		f = fault{code: rung.CodeUnavailable, reason: "NATS cannot be reached", hint: "check that it runs there, and its address and certificates"}
	}
	return &rung.Error{Code: f.code, Message: "queue: connect to " + redacted(url) + ": " + f.reason, Hint: f.hint, Err: err}
}

// redacted is url without user and password.
func redacted(url string) string {
	parts := strings.Split(url, ",")
	for i, p := range parts {
		if scheme, rest, ok := strings.Cut(p, "://"); ok {
			parts[i] = scheme + "://" + rest[strings.LastIndex(rest, "@")+1:]
		} else {
			parts[i] = p[strings.LastIndex(p, "@")+1:]
		}
	}
	return strings.Join(parts, ",")
}

// requireVersion refuses servers without the features that the streams need (message times to live: 2.11).
func (s *System) requireVersion() error {
	v := s.nc.ConnectedServerVersion()
	var major, minor int
	if n, _ := fmt.Sscanf(v, "%d.%d", &major, &minor); n == 2 && (major < 2 || major == 2 && minor < 11) {
		return rung.Errorf(rung.CodeUnsupported, "update nats-server", "queue: NATS %s is older than 2.11", v)
	}
	return nil
}
