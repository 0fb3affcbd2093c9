package conformance

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/api/resource"
	"rung/internal/mediatest"
)

// wholeWindow keeps all that a channel publishes here in its playlists.
const wholeWindow = 1000

// A stream that was not sent in its own time is another than was meant: if what was made of it is not right, it is sent
// again.
const (
	mostLate = 400 * time.Millisecond
	attempts = 3
)

// runLive sends a stream to a new channel of the node, at the pace of its own clock, and judges what is published.
func runLive(t *testing.T, n *node, made *sources, s stream, all *outcomes) {
	p := s.pattern(t)
	source := made.of(t, p)
	ts, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	want := wanted(t, s.expectation(p, live), source)
	for attempt := 1; ; attempt++ {
		report, late, err := carry(t, n, s, fmt.Sprintf("%s-%d", channelID(s.name), attempt), ts, want)
		if attempt < attempts && late > mostLate && (err != nil || len(report.Faults) > 0) {
			t.Logf("attempt %d: this machine sent %v late", attempt, late.Round(time.Millisecond))
			continue
		}
		if err != nil {
			t.Fatalf("sent %v late at the most: %v", late.Round(time.Millisecond), err)
		}
		judge(t, outcome{stream: s, kind: live, in: want.Frames, report: report}, all)
		return
	}
}

// carry creates a channel called id, sends the stream and examines the presentation. late is how late the test itself was.
func carry(t *testing.T, n *node, s stream, id string, ts []byte, want mediatest.Expectation) (report *mediatest.Report, late time.Duration, err error) {
	t.Helper()
	address := mediatest.FreeUDP(t)
	name, _ := profile(t, s)
	ch, err := n.CreateChannel(t.Context(), resource.ChannelSpec{ID: id, Source: rung.Source{URL: "udp://" + address}, Profile: name, Window: wholeWindow})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.DeleteChannel(context.WithoutCancel(t.Context()), id); err != nil {
			t.Error(err)
		}
	}()
	mediatest.AwaitBound(t, address)
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if late, err = mediatest.SendTimed(t.Context(), ts, conn); err != nil {
		return nil, late, err
	}
	err = mediatest.Poll(t.Context(), "presentation of all that was sent", func(ctx context.Context) (bool, error) { return published(ctx, ch.PlaybackURL, want.To) })
	if err != nil {
		return nil, late, err
	}
	report, err = mediatest.Examine(t.Context(), ch.PlaybackURL, want, t.TempDir())
	return report, late, err
}

// channelID makes an id of a stream's name.
func channelID(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
}

// published reports whether every rendition has so many seconds.
func published(ctx context.Context, master string, seconds float64) (bool, error) {
	p, err := mediatest.Fetch(ctx, master)
	if err != nil {
		return false, err
	}
	for _, renditions := range [][]mediatest.Rendition{p.Video, p.Audio} {
		for _, r := range renditions {
			length := 0.0
			for _, s := range r.Segments {
				length += s.Seconds
			}
			if length < seconds {
				return false, nil
			}
		}
	}
	return true, nil
}
