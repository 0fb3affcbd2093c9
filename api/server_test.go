package api_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/api"
)

func TestMetrics(t *testing.T) {
	p := start(t, func(o *api.Options) {
		o.Gauges = []api.Gauge{{Name: "rung_store_free_bytes", Help: "Free.", Value: func() float64 { return 7 }}}
	})
	p.call("POST", "/api/v1/channels", newsSpec, 201)
	p.statuses.set("news", rung.ChannelStatus{ID: "news", State: rung.ChannelRunning, Updated: time.Now(), Raised: 7,
		Source: rung.SourceFigures{Connected: true, BitRate: 5000, ContinuityErrors: 3}, Alarms: []rung.Alarm{{Code: "gap", Severity: rung.Major}}})
	p.call("GET", "/api/v1/channels/none", "", 404)
	text := string(p.call("GET", "/metrics", "", 200).body)
	for _, line := range []string{
		`rung_channels{state="running"} 1`, `rung_channels{state="failed"} 0`,
		`rung_channel_source_bits_per_second{channel="news"} 5000`, `rung_channel_continuity_errors_total{channel="news"} 3`,
		`rung_channel_segments_total{channel="news"} 7`, `rung_channel_alarms{channel="news",severity="major"} 1`,
		`rung_node_slots{node="n1"} 2`, `rung_node_busy_slots{node="n1"} 1`, `rung_queue_tasks{kind="vod"} 40`,
		`rung_http_requests_total{method="GET",route="/api/v1/channels/:id",status="404"} 1`,
		`rung_build_info{ffmpeg="7.1",rung="1.0.0"} 1`, `rung_store_free_bytes 7`, `rung_scrape_failed{service="nodes"} 0`, `go_goroutines `,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("there is no %s", line)
		}
	}
}

// away is a node registry that cannot be reached.
type away struct{}

func (away) List(context.Context) ([]rung.Node, error) {
	return nil, rung.Errorf(rung.CodeUnavailable, "start NATS", "NATS is away: %w", errors.New("dial tcp 10.0.0.7: refused"))
}

func TestServiceAway(t *testing.T) {
	p := start(t, func(o *api.Options) {
		o.Services.Nodes = away{}
		o.Services.Ready = func(ctx context.Context) error { _, err := away{}.List(ctx); return err }
	})
	for _, path := range []string{"/api/v1/nodes", "/readyz"} {
		a := p.call("GET", path, "", 503)
		if prob := a.problem(t); prob.Code != rung.CodeUnavailable || prob.Hint != "start NATS" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s says %+v", path, prob)
		}
	}
	p.call("GET", "/healthz", "", 200)
	if text := string(p.call("GET", "/metrics", "", 200).body); !strings.Contains(text, `rung_scrape_failed{service="nodes"} 1`) || !strings.Contains(text, `rung_queue_tasks`) {
		t.Errorf("metrics do not say that nodes are missing, or lack the rest")
	}
}

// What is not the platform's own error, or a panic, shows nothing of itself.
func TestInternalErrorsStayInside(t *testing.T) {
	for name, probe := range map[string]func(context.Context, string) (rung.MediaInfo, error){
		"error": func(context.Context, string) (rung.MediaInfo, error) {
			return rung.MediaInfo{}, errors.New("secret detail")
		},
		"panic": func(context.Context, string) (rung.MediaInfo, error) { panic("secret detail") },
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, func(o *api.Options) { o.Services.Probe = probe })
			prob := p.call("POST", "/api/v1/probe", `{"url":"udp://h:1"}`, 500).problem(t)
			if prob.Code != rung.CodeInternal || strings.Contains(prob.Detail, "secret") {
				t.Errorf("it says %+v", prob)
			}
		})
	}
}

func TestUnknownPaths(t *testing.T) {
	p := start(t, nil)
	for _, path := range []string{"/none", "/api/v1/none", "/console/page/none.js", "/console/../server.go"} {
		if prob := p.call("GET", path, "", 404).problem(t); prob.Code != rung.CodeNotFound {
			t.Errorf("%s says %+v", path, prob)
		}
	}
	p.call("PUT", "/api/v1/channels", "{}", 405)
}

func TestWebOrigins(t *testing.T) {
	p := start(t, func(o *api.Options) { o.Origins = []string{"https://ops.example"} })
	ask := func(origin string) http.Header {
		return p.fetch("OPTIONS", "/api/v1/channels", 204, "Origin", origin, "Access-Control-Request-Method", "PATCH").header
	}
	if h := ask("https://ops.example"); h.Get("Access-Control-Allow-Origin") != "https://ops.example" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("an allowed origin gets %v", h)
	}
	if h := ask("https://evil.example"); h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin gets %v", h)
	}
}

func TestPublicURL(t *testing.T) {
	p := start(t, func(o *api.Options) { o.PublicURL = "https://video.example.com/" })
	if body := string(p.call("POST", "/api/v1/channels", newsSpec, 201).body); !strings.Contains(body, `"playback_url":"https://video.example.com/live/news/master.m3u8"`) {
		t.Errorf("it says %s", body)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	whole := func() api.Options {
		var o api.Options
		start(t, func(seen *api.Options) { o = *seen })
		return o
	}()
	for want, change := range map[string]func(*api.Options){
		`public URL "video.example.com" is not`:      func(o *api.Options) { o.PublicURL = "video.example.com" },
		`web origin "https://a.example/page" is not`: func(o *api.Options) { o.Origins = []string{"https://a.example/page"} },
	} {
		o := whole
		change(&o)
		if _, err := api.New(o); err == nil || !strings.Contains(err.Error(), want) || rung.CodeOf(err) != rung.CodeInvalid {
			t.Errorf("New gives %v, not %q", err, want)
		}
	}
	defer func() {
		if r := recover(); r != "api: Services.Jobs is nil" {
			t.Errorf("without jobs New panics with %v", r)
		}
	}()
	whole.Services.Jobs = nil
	api.New(whole)
}

// A request under way is answered when the server stops, within the grace; one that outlasts it is cut off.
func TestStopWaitsForRequests(t *testing.T) {
	for name, grace := range map[string]time.Duration{"within": time.Hour, "beyond": time.Nanosecond} {
		t.Run(name, func(t *testing.T) {
			began, finish := make(chan struct{}), make(chan struct{})
			p := start(t, func(o *api.Options) {
				o.Grace = grace
				o.Services.Probe = func(ctx context.Context, _ string) (rung.MediaInfo, error) {
					close(began)
					select {
					case <-finish:
						return rung.MediaInfo{Format: "mpegts"}, nil
					case <-ctx.Done():
						return rung.MediaInfo{}, ctx.Err()
					}
				}
			})
			answered := make(chan string, 1)
			go func() {
				req, _ := http.NewRequest("POST", p.base+"/api/v1/probe", strings.NewReader(`{"url":"udp://h:1"}`))
				req.Header.Set("Authorization", "Bearer "+p.secret)
				resp, err := p.http.Do(req)
				if err != nil {
					answered <- "cut"
					return
				}
				resp.Body.Close()
				answered <- resp.Status
			}()
			<-began
			stopped := make(chan struct{})
			go func() { p.stop(); close(stopped) }()
			want := "cut"
			if name == "within" {
				want = "200 OK"
				// The listener is closed first; then the request may finish.
				for {
					c, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
					if err != nil {
						break
					}
					c.Close()
				}
				close(finish)
			}
			<-stopped
			if got := <-answered; got != want {
				t.Errorf("the request was answered %q, not %q", got, want)
			}
		})
	}
}

// A context that ends before the server has begun to serve is no hang.
func TestStopBeforeServing(t *testing.T) {
	var o api.Options
	start(t, func(seen *api.Options) { o = *seen })
	o.Logger = slog.New(slog.DiscardHandler)
	server, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := server.Run(ctx, ln); err != nil {
		t.Errorf("Run: %v", err)
	}
}

// Idle connections do not hold the server up, nor do those on which nothing has come.
func TestStopClosesIdleConnections(t *testing.T) {
	p := start(t, func(o *api.Options) { o.Grace = time.Hour })
	unused, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatalf("%q, %v", line, err)
	}
	p.stop()
}
