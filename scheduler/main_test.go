package scheduler

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"rung"
)

// TestMain runs the tests, or is the child that TestKill kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDirVar); dir != "" {
		runChild(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// testTimeout bounds a wait for a fact; only a failing test takes as long.
const testTimeout = time.Minute

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// quick are options with short waits.
func quick() Options {
	return Options{AckWait: 500 * time.Millisecond, LeaseTTL: time.Second, NodeTTL: time.Second, Node: "test"}
}

func open(t testing.TB, o Options) *System {
	t.Helper()
	if o.URL == "" && o.StoreDir == "" {
		o.StoreDir = t.TempDir()
	}
	s, err := Open(testContext(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// natsServer is a server of the test's own that can be stopped and started again at the same address.
type natsServer struct {
	t   testing.TB
	srv *server.Server
	o   server.Options
}

func startNATS(t testing.TB) *natsServer {
	n := &natsServer{t: t, o: server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}}
	n.start()
	t.Cleanup(n.stop)
	return n
}

func (n *natsServer) start() {
	n.t.Helper()
	o := n.o
	srv, err := server.NewServer(&o)
	if err != nil {
		n.t.Fatal(err)
	}
	srv.Start()
	if !srv.ReadyForConnections(testTimeout) {
		n.t.Fatal("the test's NATS server does not start")
	}
	n.srv, n.o.Port = srv, srv.Addr().(*net.TCPAddr).Port
}

func (n *natsServer) stop() {
	n.srv.Shutdown()
	n.srv.WaitForShutdown()
}

func (n *natsServer) url() string { return n.srv.ClientURL() }

func task(kind rung.TaskKind, owner string, n int64) rung.Task {
	return rung.Task{
		ID:       rung.SegmentID{Kind: kind, Owner: owner, Session: "s1", Number: n},
		Interval: rung.Interval{First: 96 * n, Frames: 96, AudioFirst: 180 * n, AudioFrames: 180},
		Ladder:   rung.Ladder{Grid: rung.Grid{Rate: rung.Rational{Num: 25, Den: 1}, SegmentFrames: 96}},
		Prefix:   string(kind) + "/" + owner + "/s1",
		Time:     time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC),
		Raised:   time.Date(2026, 11, 24, 0, 0, 4, 0, time.UTC),
	}
}
