package receive

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rung"
	"rung/internal/mediatest"
	"rung/internal/mpegts/mpegtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds what a test waits for; nothing waits for it to pass.
const patience = 20 * time.Second

// running is a Receiver that runs in the background and keeps what it delivers.
type running struct {
	Receiver
	stop  context.CancelFunc
	ended chan error

	mu      sync.Mutex
	data    []byte
	changed chan struct{}
}

// start runs a source's receiver until the test ends.
func start(t *testing.T, src rung.Source, o Options) *running {
	t.Helper()
	r, err := New(src, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	x := &running{Receiver: r, stop: stop, ended: make(chan error, 1), changed: make(chan struct{}, 1)}
	go func() { x.ended <- r.Run(ctx, x.sink) }()
	t.Cleanup(func() {
		stop()
		select {
		case <-x.ended:
		case <-time.After(patience):
			t.Error("Run did not end with its context")
		}
	})
	return x
}

func (x *running) sink(packets []byte, _ time.Time) {
	x.mu.Lock()
	x.data = append(x.data, packets...)
	x.mu.Unlock()
	select {
	case x.changed <- struct{}{}:
	default:
	}
}

// await waits until n bytes have been delivered and gives them, calling nudge meanwhile where it is given.
func (x *running) await(t *testing.T, n int, nudge func()) []byte {
	t.Helper()
	end := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		x.mu.Lock()
		have := append([]byte{}, x.data...)
		x.mu.Unlock()
		if len(have) >= n {
			return have
		}
		select {
		case <-x.changed:
		case <-again.C:
			if nudge != nil {
				nudge()
			}
		case err := <-x.ended:
			x.ended <- err
			t.Fatalf("Run ended with %v after %d of %d bytes", err, len(have), n)
		case <-end:
			t.Fatalf("%d of %d bytes delivered", len(have), n)
		}
	}
}

// result waits for Run's end.
func (x *running) result(t *testing.T) error {
	t.Helper()
	select {
	case err := <-x.ended:
		x.ended <- err
		return err
	case <-time.After(patience):
		t.Fatal("Run did not end")
		return nil
	}
}

// freePort is the number of a UDP port that nobody has.
func freePort(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(mediatest.FreeUDP(t))
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// datagramsOf cuts a stream into datagrams of seven packets.
func datagramsOf(stream []byte) (d [][]byte) {
	for len(stream) > 0 {
		n := min(len(stream), 7*mpegtest.PacketSize)
		d = append(d, stream[:n])
		stream = stream[n:]
	}
	return d
}

// fakeClock passes as fast as it is waited for.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func newFakeClock() *fakeClock { return &fakeClock{now: time.Unix(1_000_000, 0)} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	ch := make(chan time.Time, 1)
	ch <- c.now
	return ch
}

// waitFor waits until something is so.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for end := time.After(patience); !so(); {
		select {
		case <-again.C:
		case <-end:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// waitForListener waits until an SRT listener answers.
func waitForListener(t *testing.T, address string) {
	t.Helper()
	waitFor(t, "an SRT listener", func() bool { return knock(t.Context(), address) == nil })
}
