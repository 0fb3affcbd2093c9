package api_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/api"
)

// listen opens an event stream and gives its lines.
func (p *platform) listen(query, lastID string) *bufio.Scanner {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", p.base+"/api/v1/events"+query, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.secret)
	req.Header.Set("Accept-Encoding", "gzip")
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := p.http.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { cancel(); resp.Body.Close() })
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || ct != "text/event-stream" || resp.Header.Get("Content-Encoding") != "" || resp.Header.Get("ETag") != "" {
		p.t.Fatalf("status %d, headers %v", resp.StatusCode, resp.Header)
	}
	return bufio.NewScanner(resp.Body)
}

// expect reads lines up to one with that text.
func expect(t *testing.T, lines *bufio.Scanner, text string) string {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return lines.Text()
		}
	}
	t.Fatalf("the stream ended without %q: %v", text, lines.Err())
	return ""
}

func (p *platform) publish(message string) {
	p.t.Helper()
	if err := p.news.Publish(context.Background(), rung.Event{Type: "channel.state", Channel: "news", Severity: rung.Info, Message: message, Time: time.Now()}); err != nil {
		p.t.Fatal(err)
	}
}

func TestEventsComeAsTheyHappen(t *testing.T) {
	p := start(t, nil)
	p.publish("before")
	lines := p.listen("", "")
	expect(t, lines, "id: 1") // where the stream begins
	p.publish("after\nwards")
	if id := expect(t, lines, "id:"); id != "id: 2" {
		t.Errorf("the first event's id line is %q, not 2", id)
	}
	if event := expect(t, lines, "event:"); event != "event: channel.state" {
		t.Errorf("its event line is %q", event)
	}
	if data := expect(t, lines, "data:"); !strings.Contains(data, `"message":"after\nwards"`) || !strings.Contains(data, `"seq":2`) {
		t.Errorf("its data line is %q", data)
	}
}

func TestEventsAreTakenUpWhereTheyBroke(t *testing.T) {
	p := start(t, nil)
	for _, m := range []string{"one", "two", "three", "four"} {
		p.publish(m)
	}
	for name, lines := range map[string]*bufio.Scanner{
		"Last-Event-ID": p.listen("", "2"), "after": p.listen("?after=2", ""), "recent": p.listen("?recent=2", ""),
		"header before query": p.listen("?after=0&recent=4", "2"),
	} {
		if data := expect(t, lines, "data:"); !strings.Contains(data, `"three"`) {
			t.Errorf("%s: it begins with %s", name, data)
		}
		expect(t, lines, `"four"`)
	}
	for _, query := range []string{"?after=x", "?recent=-1", "?recent=1001"} {
		p.call("GET", "/api/v1/events"+query, "", 400)
	}
}

func TestIdleEventStreamIsKeptAlive(t *testing.T) {
	p := start(t, func(o *api.Options) { o.Heartbeat = time.Millisecond })
	lines := p.listen("", "")
	expect(t, lines, ": still here")
	expect(t, lines, ": still here")
}

// Stopping the server ends streams at once, and their followers with them.
func TestStopEndsStreams(t *testing.T) {
	p := start(t, func(o *api.Options) { o.Grace = time.Hour })
	lines := p.listen("", "")
	p.publish("one")
	expect(t, lines, `"one"`)
	p.stop()
	for lines.Scan() {
	}
	if n := p.news.follow.Load(); n != 0 {
		t.Errorf("%d followers are left", n)
	}
}
