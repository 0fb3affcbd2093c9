package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"rung"
	"rung/api/resource"
	"rung/internal/faultsender"
	"rung/internal/mediatest"
)

// A live channel whose source loses, doubles and reorders packets, and then a stretch of them, goes on in one session
// without a gap, says what it sees, and what it publishes is steady. RTP has its packets numbered; without it they are
// damaged.
func TestLiveFaults(t *testing.T) {
	for _, c := range []struct {
		scheme string
		wrap   faultsender.Fault
		alarms []string
	}{
		{"udp", faultsender.UDP(), []string{rung.AlarmPacketLoss, rung.AlarmPacketsDoubled}},
		{"rtp", faultsender.RTP(65500), []string{rung.AlarmPacketLoss, rung.AlarmPacketsDoubled, rung.AlarmPacketsReordered}},
	} {
		t.Run(c.scheme, func(t *testing.T) {
			if c.scheme == "udp" && !wholeConformance {
				t.Skip("`make conformance` runs it")
			}
			clean := readStream(t, "test:?size=640x360&rate=25&gop=25&frames=500&bit_rate=3000000&start=900000")
			stream := faultsender.Read(clean).With(c.wrap, faultsender.Double(0.01, 3), faultsender.Reorder(0.01, 3, 4),
				faultsender.Between(4*time.Second, 8*time.Second, faultsender.Lose(0.01, 5)), faultsender.Burst(14*time.Second, 500*time.Millisecond))
			n := startNode(t, serveCommand{Node: "one"})
			address := mediatest.FreeUDP(t)
			ch, err := n.CreateChannel(t.Context(), resource.ChannelSpec{ID: "news", Source: rung.Source{URL: c.scheme + "://" + address}, Profile: "sd3", Window: 12})
			if err != nil {
				t.Fatal(err)
			}
			mediatest.AwaitBound(t, address)
			conn, err := net.Dial("udp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := stream.Send(t.Context(), conn); err != nil {
				t.Fatal(err)
			}
			for _, code := range c.alarms {
				mediatest.Await(t, "alarm "+code, func(context.Context) (bool, error) {
					ch, err := n.Channel(t.Context(), "news")
					return slices.ContainsFunc(ch.Alarms, func(a rung.Alarm) bool { return a.Code == code && !a.Since.IsZero() }), err
				})
			}
			checkFaultyLive(t, ch.PlaybackURL)
		})
	}
}

// checkFaultyLive holds the first four segments, of 96 pictures each, against the grid.
func checkFaultyLive(t *testing.T, master string) {
	t.Helper()
	const segments = 4
	mediatest.Await(t, fmt.Sprint(segments, " segments"), func(context.Context) (bool, error) {
		p, err := mediatest.Fetch(t.Context(), master)
		return err == nil && len(p.Video[0].Segments) >= segments && len(p.Audio[0].Segments) >= segments, err
	})
	s, err := mediatest.CheckSteady(t.Context(), master, mediatest.Options{Source: faultSize, Segments: segments}, 25, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(s)
	for _, fault := range s.Faults {
		t.Error(fault)
	}
	if s.Pictures != segments*96 || s.Own < 200 || s.Beeps < 10 {
		t.Errorf("%v; want %d pictures, at least 200 their own and 10 beeps", s, segments*96)
	}
}
