package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/api/client"
	"rung/api/resource"
	"rung/internal/mediatest"
)

// startNode runs a whole node on free ports until the test ends, and gives a client of it.
func startNode(t *testing.T, cfg serveCommand) *client.Client {
	t.Helper()
	if cfg.Data == "" {
		cfg.Data = t.TempDir()
	}
	cfg.Listen, cfg.Engine, cfg.Files, cfg.Drain = "127.0.0.1:0", needEngine(t), true, rung.Duration(5*time.Second)
	if cfg.Roles == nil {
		cfg.Roles = allRoles
	}
	n, err := openNode(t.Context(), cfg, slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelInfo})))
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + n.Addr()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the node ended with %v", err)
		}
	})
	c, err := client.New(base, findToken("", cfg.Data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// testLog writes a node's log to the test's.
type testLog struct{ t *testing.T }

// Write implements io.Writer.
func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// A stream that comes in by UDP goes out live with every picture once, unbroken sound and sync.
func TestLiveUDP(t *testing.T) {
	c := startNode(t, serveCommand{Node: "one"})
	carryLive(t, c, "udp", "test:?size=640x360&rate=25&gop=48&open_gop=1&frames=450&start=8589034592", func(w io.Writer) io.Writer { return w })
}

// carryLive sends a test picture of 640x360 to a new channel, in the packets that wrap makes, and holds what is published
// against it.
func carryLive(t *testing.T, c *client.Client, scheme, url string, wrap func(io.Writer) io.Writer) {
	t.Helper()
	ts, err := os.ReadFile(makeStream(t, url, filepath.Join(t.TempDir(), "in.ts")))
	if err != nil {
		t.Fatal(err)
	}
	address := mediatest.FreeUDP(t)
	ch, err := c.CreateChannel(t.Context(), resource.ChannelSpec{ID: "news", Source: rung.Source{URL: scheme + "://" + address}, Profile: "sd3", Window: 12})
	if err != nil {
		t.Fatal(err)
	}
	mediatest.AwaitBound(t, address)
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := mediatest.Send(t.Context(), ts, wrap(conn)); err != nil {
		t.Fatal(err)
	}
	mediatest.Await(t, "four segments", func(context.Context) (bool, error) {
		p, err := mediatest.Fetch(t.Context(), ch.PlaybackURL)
		return err == nil && len(p.Video[0].Segments) >= 4 && len(p.Video[len(p.Video)-1].Segments) >= 4 && len(p.Audio[0].Segments) >= 4, err
	})
	checkLive(t, ch.PlaybackURL, mediatest.Size{Width: 640, Height: 360}, 4)
}

// checkLive holds the first segments of the test pattern, of 96 pictures each, against what was sent: all pictures are
// there, once, in the widest and in the narrowest rendition. What lies behind the end of the source is not looked at.
func checkLive(t *testing.T, master string, source mediatest.Size, segments int) {
	t.Helper()
	for _, variant := range []int{0, 99} {
		v, err := mediatest.Check(t.Context(), master, mediatest.Options{Variant: variant, Source: source, Segments: segments}, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Log(v)
		faults := v.Faults
		if v.First != 0 {
			faults = append(faults, fmt.Sprintf("the first picture is %d", v.First))
		}
		if len(faults) > 0 || v.Pictures != segments*96 {
			t.Errorf("variant %d: %v: %s", variant, v, strings.Join(faults, "; "))
		}
	}
}
