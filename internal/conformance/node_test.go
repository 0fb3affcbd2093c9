package conformance

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"rung/api/client"
	"rung/internal/mediatest"
)

// node is a running `rung serve` with all roles.
type node struct {
	*client.Client
	log lockedBuffer
}

// startNode runs one on free ports until the test ends, with the suite's profiles.
func startNode(t *testing.T) *node {
	t.Helper()
	data, address := t.TempDir(), mediatest.FreeTCP(t)
	n := &node{}
	cmd := exec.Command(program(t, "RUNG_BIN"), "serve", "--data", data, "--listen", address, "--engine", program(t, "RUNG_ENGINE"), "--slots", "3", "--drain", "2s", "--live-deadline", "60")
	cmd.Stderr = &n.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.stop(t, cmd) })
	mediatest.Await(t, "node at "+address, func(ctx context.Context) (bool, error) { return n.connect(ctx, "http://"+address, data) })
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
