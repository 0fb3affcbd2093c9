package mediatest

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// FreeTCP is a TCP address on loopback that nobody has.
func FreeTCP(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// FreeUDP is a UDP address on loopback that nobody has.
func FreeUDP(t testing.TB) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// AwaitBound waits until somebody has the UDP port of an address: what is sent before is lost.
func AwaitBound(t testing.TB, address string) {
	t.Helper()
	a, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(":%04X ", a.Port)
	Await(t, "receiver at "+address, func(context.Context) (bool, error) {
		table, err := os.ReadFile("/proc/net/udp")
		return strings.Contains(string(table), want), err
	})
}

// Await asks until ready says so, and fails the test where it never does.
func Await(t testing.TB, what string, ready func(context.Context) (bool, error)) {
	t.Helper()
	if err := Poll(t.Context(), what, ready); err != nil {
		t.Fatal(err)
	}
}

// Poll asks until ready says so; the error names what was waited for, and what ready said last.
func Poll(ctx context.Context, what string, ready func(context.Context) (bool, error)) error {
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
