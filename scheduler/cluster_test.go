package scheduler

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rung"
)

// startCluster starts three servers that know each other, and gives them with their options.
func startCluster(t *testing.T) ([]*server.Server, []*server.Options) {
	t.Helper()
	ports := make([]int, 3)
	routes := ""
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[i] = l.Addr().(*net.TCPAddr).Port
		routes += fmt.Sprintf("\"nats://127.0.0.1:%d\", ", ports[i])
		l.Close()
	}
	servers, options := make([]*server.Server, 3), make([]*server.Options, 3)
	for i := range servers {
		var err error
		if options[i], err = clusterOptions(t.TempDir(), i, ports[i], routes); err != nil {
			t.Fatal(err)
		}
		servers[i] = startMember(t, options[i])
	}
	return servers, options
}

// startMember starts one server of a cluster, until the test's end.
func startMember(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	srv, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	})
	return srv
}

func clusterOptions(dir string, i, port int, routes string) (*server.Options, error) {
	o := &server.Options{}
	err := o.ProcessConfigString(fmt.Sprintf(`
		server_name: n%d
		listen: "127.0.0.1:-1"
		jetstream { store_dir: %q }
		cluster { name: test, listen: "127.0.0.1:%d", routes: [ %s ] }`, i, dir, port, routes))
	o.NoSigs, o.NoLog = true, true
	return o, err
}

// openCluster opens the queue as soon as its cluster has a leader; nil where it cannot be opened.
func openCluster(t *testing.T, o Options) *System {
	for ctx := testContext(t); ; {
		s, err := Open(ctx, o)
		if err == nil {
			t.Cleanup(func() { s.Close() })
			return s
		}
		if rung.CodeOf(err) != rung.CodeUnavailable || ctx.Err() != nil {
			t.Error(err)
			return nil
		}
	}
}

// TestClusterIsForming opens the queue while one of three servers is not there: it is waited for, since what is decided
// about replicas then stays.
func TestClusterIsForming(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds until its leaders are elected")
	}
	servers, options := startCluster(t)
	awaitPeers(t, servers[0], 3)
	servers[2].Shutdown()
	servers[2].WaitForShutdown()
	waits := &spy{message: "queue waits for more servers of its cluster", seen: make(chan struct{})}
	opened := make(chan *System, 1)
	go func() { opened <- openCluster(t, Options{URL: servers[0].ClientURL(), Logger: slog.New(waits)}) }()
	select {
	case <-waits.seen:
	case <-testContext(t).Done():
		t.Fatal("the queue does not wait")
	}
	startMember(t, options[2])
	if s := <-opened; s == nil || s.replicas != 3 {
		t.Errorf("it opens as %+v, want 3 replicas", s)
	}
}

// awaitPeers waits until a cluster has a leader that knows so many servers.
func awaitPeers(t *testing.T, s *server.Server, n int) {
	t.Helper()
	for ctx := testContext(t); ; {
		info, err := s.Jsz(nil)
		if err == nil && info.Meta != nil && info.Meta.Leader != "" && info.Meta.Size == n {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the cluster has %+v, %v", info, err)
		}
		runtime.Gosched()
	}
}

// spy is a log that tells when a message comes first.
type spy struct {
	message string
	once    sync.Once
	seen    chan struct{}
}

func (s *spy) Enabled(context.Context, slog.Level) bool { return true }
func (s *spy) WithAttrs([]slog.Attr) slog.Handler       { return s }
func (s *spy) WithGroup(string) slog.Handler            { return s }

func (s *spy) Handle(_ context.Context, r slog.Record) error {
	if r.Message == s.message {
		s.once.Do(func() { close(s.seen) })
	}
	return nil
}

// TestCluster loses the server that this System is connected to.
func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds until its leaders are elected")
	}
	servers, _ := startCluster(t)
	s := openCluster(t, Options{URL: servers[0].ClientURL(), AckWait: time.Second})
	if s == nil {
		t.FailNow()
	}
	if s.replicas != 3 {
		t.Fatalf("%d replicas, want 3", s.replicas)
	}
	stream := openWindow(t, s, "news")
	chunks := packets(8, 64<<10)
	acks := appendAll(t, s, "news", chunks[:4]...)
	submit(t, s, task(rung.Live, "news", 0))
	servers[0].Shutdown()
	servers[0].WaitForShutdown()
	acks = append(acks, appendAll(t, s, "news", chunks[4:]...)...)
	submit(t, s, task(rung.Live, "news", 1))
	for range 2 {
		if err := take(t, s).Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
			t.Fatal(err)
		}
	}
	all := bytes.Join(chunks, nil)
	got, err := s.Window().Read(testContext(t), rung.WindowRange{Stream: stream, First: acks[0].seq, Last: acks[7].seq, Length: int64(len(all))})
	if err != nil || !bytes.Equal(got, all) {
		t.Errorf("read %d bytes over the loss of a server, %v, want %d", len(got), err, len(all))
	}
}
