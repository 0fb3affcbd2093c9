package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rung/api/client"
)

// node is a running `rung serve` with all roles.
type node struct {
	*client.Client
	log lockedBuffer
}

// startNode runs one on free ports until the test ends, with the suite's profiles.
func startNode(t *testing.T) *node {
	t.Helper()
	data, address := t.TempDir(), freeTCP(t)
	n := &node{}
	cmd := exec.Command(program(t, "RUNG_BIN"), "serve", "--data", data, "--listen", address, "--engine", program(t, "RUNG_ENGINE"), "--slots", "3", "--drain", "2s", "--live-deadline", "60")
	cmd.Stderr = &n.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.stop(t, cmd) })
	await(t, "node at "+address, func(ctx context.Context) (bool, error) { return n.connect(ctx, "http://"+address, data) })
	t.Cleanup(n.Close)
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no profiles in testdata: %v", err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.PutProfile(t.Context(), strings.TrimSuffix(filepath.Base(f), ".yaml"), text); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// connect makes the client once the node serves and has written its token.
func (n *node) connect(ctx context.Context, base, data string) (bool, error) {
	token, err := os.ReadFile(filepath.Join(data, "admin.token"))
	if err != nil {
		return false, err
	}
	c, err := client.New(base, string(bytes.TrimSpace(token)))
	if err != nil {
		return false, err
	}
	if _, err := c.Nodes(ctx); err != nil {
		c.Close()
		return false, err
	}
	n.Client = c
	return true, nil
}

// stop ends the node and, where the test has failed, shows the end of its log.
func (n *node) stop(t *testing.T, cmd *exec.Cmd) {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the node ended with %v", err)
	}
	if t.Failed() {
		t.Log(n.log.tail(60))
	}
}

// lockedBuffer is a process's log while it runs.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) tail(lines int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Collect(strings.Lines(b.buf.String()))
	return strings.Join(all[max(0, len(all)-lines):], "")
}

func freeTCP(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// freeUDP is a UDP address on loopback that nobody has.
func freeUDP(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// await polls until ready says so and fails the test where it never does.
func await(t *testing.T, what string, ready func(context.Context) (bool, error)) {
	t.Helper()
	if err := poll(t.Context(), what, ready); err != nil {
		t.Fatal(err)
	}
}

// poll asks until ready says so; the error names what was waited for.
func poll(ctx context.Context, what string, ready func(context.Context) (bool, error)) error {
	const patience = 3 * time.Minute // it bounds a failure only
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := ready(ctx)
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("still no %s: %v", what, err)
		case <-tick.C:
		}
	}
}

// awaitBound waits until somebody has the UDP port: what is sent before is lost.
func awaitBound(t *testing.T, address string) {
	t.Helper()
	a, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(":%04X ", a.Port)
	await(t, "receiver at "+address, func(context.Context) (bool, error) {
		table, err := os.ReadFile("/proc/net/udp")
		return strings.Contains(string(table), want), err
	})
}
