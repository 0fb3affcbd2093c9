package scheduler

import (
	"bytes"
	"fmt"
	"net"
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
