package scheduler

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rung"
)

func TestOpenThatFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	used, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	for _, c := range []struct {
		name string
		o    Options
		want rung.Code
		says string
	}{
		{"nothing", Options{}, rung.CodeInvalid, "URL"},
		{"folder is a file", Options{StoreDir: file}, rung.CodeInvalid, file},
		{"address in use", Options{StoreDir: filepath.Join(dir, "a"), Listen: used.Addr().String()}, rung.CodeConflict, used.Addr().String()},
		{"address without a port", Options{StoreDir: dir, Listen: "127.0.0.1"}, rung.CodeInvalid, "127.0.0.1"},
		{"open to the network", Options{StoreDir: dir, Listen: "0.0.0.0:0"}, rung.CodeInvalid, "secret"},
		{"URL and Listen", Options{URL: "nats://127.0.0.1:1", Listen: "127.0.0.1:0"}, rung.CodeInvalid, "exclude"},
		{"nobody there", Options{URL: "nats://user:secret@127.0.0.1:1"}, rung.CodeUnavailable, "nats://127.0.0.1:1"},
		{"no such credentials", Options{URL: "nats://127.0.0.1:1", CredsFile: "/none.creds"}, rung.CodeInvalid, "/none.creds"},
		{"half a certificate", Options{URL: "nats://127.0.0.1:1", CertFile: file}, rung.CodeInvalid, "key"},
		{"times to live", Options{StoreDir: dir, LeaseTTL: time.Millisecond}, rung.CodeInvalid, "1s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(testContext(t), c.o)
			if err == nil {
				s.Close()
			}
			if rung.CodeOf(err) != c.want || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret@") {
				t.Errorf("%v (%s), want %s that says %q", err, rung.CodeOf(err), c.want, c.says)
			}
			if c.want != rung.CodeUnavailable && rung.AsError(err).Hint == "" {
				t.Errorf("%v has no hint", err)
			}
		})
	}
}

func TestOpenIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		o    server.Options
		want rung.Code
	}{
		{"credentials", server.Options{JetStream: true, Authorization: "secret"}, rung.CodeUnauthorized},
		{"no JetStream", server.Options{}, rung.CodeUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &natsServer{t: t, o: c.o}
			n.o.Host, n.o.Port, n.o.StoreDir, n.o.NoSigs, n.o.NoLog = "127.0.0.1", server.RANDOM_PORT, t.TempDir(), true, true
			n.start()
			defer n.stop()
			if _, err := Open(testContext(t), Options{URL: n.url(), Token: "wrong"}); rung.CodeOf(err) != c.want {
				t.Errorf("%v (%s), want %s", err, rung.CodeOf(err), c.want)
			}
		})
	}
}

func TestOpenWithEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, Options{StoreDir: t.TempDir()}); rung.CodeOf(err) != rung.CodeCanceled {
		t.Errorf("%v, want canceled", err)
	}
}

// TestListen lets another node reach the server inside this process, with its secret only.
func TestListen(t *testing.T) {
	s := open(t, Options{StoreDir: t.TempDir(), Listen: "127.0.0.1:0", Token: "secret"})
	other := open(t, Options{URL: s.URL(), Token: "secret"})
	submit(t, other, task(rung.Live, "news", 0))
	if err := take(t, s).Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(testContext(t), Options{URL: s.URL()}); rung.CodeOf(err) != rung.CodeUnauthorized {
		t.Errorf("without the secret: %v, want unauthorized", err)
	}
}
