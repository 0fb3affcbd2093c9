package api_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rung"
	"rung/api"
	"rung/api/resource"
)

// fuzzRoutes are the routes that take something of a client's apart: a path, a body, a header.
var fuzzRoutes = []struct{ method, path string }{
	{"POST", "/api/v1/channels"}, {"PATCH", "/api/v1/channels/news"}, {"POST", "/api/v1/jobs"}, {"PUT", "/api/v1/profiles/own"},
	{"POST", "/api/v1/profiles/own/check"}, {"POST", "/api/v1/tokens"}, {"POST", "/api/v1/probe"}, {"GET", "/live/news/s1/720p/00001.m4s"},
	{"GET", "/live/news/master.m3u8"}, {"GET", "/"}, {"GET", "/api/v1/channels/"}, {"DELETE", "/api/v1/jobs/"}, {"GET", "/api/v1/events/recent?limit="},
}

// FuzzRequest sends anything to the server. The answer is never its own fault, it is whole JSON where it says that it is
// JSON, a refusal says why, and what has been taken keeps the rules: ids that can be in subjects, no secret shown.
func FuzzRequest(f *testing.F) {
	f.Add(uint8(0), "", "application/json", newsSpec, "")
	f.Add(uint8(0), "", "", `{"id":"srt","source":{"url":"srt://:9000?passphrase=0123456789","latency":"1e3s"},"profile":"hd5","window":6,"dvr":-1}`, "")
	f.Add(uint8(0), "", "application/json", `{"id":"n","source":{"url":"https://a:b@c/"},"profile":"hd5","dvr":1e300}`, "")
	f.Add(uint8(1), "", "application/merge-patch+json", `{"source":{"url":null,"audio":["fra",null]},"enabled":false,"name":{"a":1}}`, "")
	f.Add(uint8(1), "", "", strings.Repeat(`{"source":`, 2000)+"1"+strings.Repeat("}", 2000), "")
	f.Add(uint8(2), "", "application/json", `{"id":"film","input":"s3://bucket/a.ts","profile":"hd5","output":"file:///tmp"} {}`, "")
	f.Add(uint8(3), "", "application/yaml", "name: own\n", "")
	f.Add(uint8(5), "", "application/json", `{"name":"ops","scopes":["read","write"]}`, "")
	f.Add(uint8(7), "", "", "", "bytes=2-5")
	f.Add(uint8(8), "", "", "", "gzip;q=0.5, *")
	f.Add(uint8(9), "live/../../etc/passwd", "", "", "")
	f.Add(uint8(9), "vod/%2e%2e/%00/a.m3u8", "", "", "W/\"x\"")
	f.Add(uint8(12), "99999999999999999999", "", "", "")
	p := newHandled(f)
	f.Fuzz(func(t *testing.T, route uint8, tail, contentType, body, header string) {
		r := fuzzRoutes[int(route)%len(fuzzRoutes)]
		if len(body) > 1<<14 || len(tail) > 1000 || len(header) > 1000 {
			return
		}
		p.reset()
		req := httptest.NewRequest(r.method, "/", strings.NewReader(body))
		u, err := url.Parse(r.path + tail)
		if err != nil || u.IsAbs() || u.Host != "" {
			return
		}
		req.URL = u
		req.RequestURI = ""
		for name, value := range map[string]string{"Content-Type": contentType, "Range": header, "If-None-Match": header, "If-Range": header,
			"Accept-Encoding": header, "Last-Event-ID": header, "Authorization": "Bearer " + p.secret} {
			if value != "" && !strings.ContainsAny(value, "\r\n") {
				req.Header.Set(name, value)
			}
		}
		resp, err := p.handle(req)
		if err != nil {
			return // not HTTP
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		p.check(t, resp, text)
	})
}

// handled is a server without a listener.
type handled struct {
	platform
	handle func(*http.Request) (*http.Response, error)
}

func newHandled(f *testing.F) *handled {
	f.Helper()
	p := &handled{platform: platform{t: f, tokens: newMemory[resource.Token]("token"), channels: newMemory[rung.Channel]("channel"), jobs: newMemory[rung.Job]("job"), profiles: &shelf{}, bin: newBin()}}
	p.secret = p.token("admin", resource.ScopeAdmin)
	p.bin.put("live/news/s1/720p/00001.m4s", []byte("a segment of some bytes"))
	p.bin.put("live/news/master.m3u8", []byte("#EXTM3U\n"))
	server, err := api.New(api.Options{
		Services: api.Services{Channels: p.channels, Jobs: p.jobs, Tokens: p.tokens, Statuses: &byID[rung.ChannelStatus]{}, Profiles: p.profiles,
			CheckProfile: checkProfile, Nodes: nodeList{}, Events: newNews(), Tasks: &queue{}, Objects: p.bin},
		Logger: slog.New(slog.DiscardHandler), Version: map[string]string{"rung": "1.0.0"},
	})
	if err != nil {
		f.Fatal(err)
	}
	p.handle = server.Handler()
	return p
}

// reset brings back what the request before has changed.
func (p *handled) reset() {
	clear(p.channels.values)
	clear(p.channels.revisions)
	clear(p.jobs.values)
	clear(p.jobs.revisions)
	for id, tok := range p.tokens.values {
		if tok.Name != "admin" {
			delete(p.tokens.values, id)
			delete(p.tokens.revisions, id)
		}
	}
	p.channels.values["news"] = rung.Channel{ID: "news", Profile: "hd5", Source: rung.Source{URL: "srt://host:9000", Passphrase: "hush-hush-hush"}}
	p.channels.revisions["news"] = 1
	p.profiles.kept.set("hd5", resource.Profile{Name: "hd5", Builtin: true, YAML: "name: hd5\n", Ladder: ladder("hd5")})
}

// check holds an answer, and what the request has left behind, to the rules.
func (p *handled) check(t *testing.T, resp *http.Response, text []byte) {
	t.Helper()
	media := resp.Header.Get("Content-Type")
	if resp.StatusCode >= 500 && resp.StatusCode != http.StatusServiceUnavailable && resp.StatusCode != http.StatusNotImplemented {
		t.Fatalf("status %d: %s", resp.StatusCode, text)
	}
	if strings.Contains(media, "json") && len(text) > 0 && !json.Valid(text) {
		t.Fatalf("status %d, %s that is none: %s", resp.StatusCode, media, text)
	}
	if resp.StatusCode >= 400 && strings.HasPrefix(media, "application/problem+json") {
		var problem resource.Problem
		if err := json.Unmarshal(text, &problem); err != nil || problem.Code == "" || problem.Status != resp.StatusCode {
			t.Fatalf("status %d says %s", resp.StatusCode, text)
		}
	}
	if strings.Contains(string(text), "hush-hush-hush") {
		t.Fatalf("a secret is shown: %s", text)
	}
	for id, ch := range p.channels.values {
		if rung.ValidID("channel", id) != nil || ch.ID != id || ch.Profile == "" || ch.Source.URL == "" || ch.DVR < 0 {
			t.Fatalf("channel %q is %+v", id, ch)
		}
	}
	for id, j := range p.jobs.values {
		if rung.ValidID("job", id) != nil || j.ID != id || j.Input == "" || j.State != rung.JobQueued {
			t.Fatalf("job %q is %+v", id, j)
		}
	}
}
