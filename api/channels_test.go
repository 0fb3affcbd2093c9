package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/api/resource"
)

const newsSpec = `{"id":"news","source":{"url":"udp://239.1.1.1:5000"},"profile":"hd5"}`

func TestChannelLife(t *testing.T) {
	p := start(t, nil)
	a := p.call("POST", "/api/v1/channels", newsSpec, 201)
	ch := decode[resource.Channel](t, a)
	if !ch.Enabled || ch.State != rung.ChannelStarting || ch.PlaybackURL != p.base+"/live/news/master.m3u8" || !ch.Since.Equal(ch.Updated) {
		t.Errorf("a new channel is %+v", ch)
	}
	if loc := a.header.Get("Location"); loc != "/api/v1/channels/news" {
		t.Errorf("Location is %q", loc)
	}
	if prob := p.call("POST", "/api/v1/channels", newsSpec, 409).problem(t); prob.Code != rung.CodeConflict || prob.Hint == "" {
		t.Errorf("a second one gives %+v", prob)
	}
	if ch := decode[resource.Channel](t, p.call("POST", "/api/v1/channels/news/stop", "", 200)); ch.Enabled || ch.State != rung.ChannelStopped {
		t.Errorf("stopped it is %+v", ch)
	}
	p.call("POST", "/api/v1/channels/news/restart", "", 409)
	if ch := decode[resource.Channel](t, p.call("POST", "/api/v1/channels/news/start", "", 200)); !ch.Enabled || ch.State != rung.ChannelStarting {
		t.Errorf("started it is %+v", ch)
	}
	if ch := decode[resource.Channel](t, p.call("POST", "/api/v1/channels/news/restart", "", 200)); ch.Restarts != 1 {
		t.Errorf("restarted it is %+v", ch)
	}
	if list := decode[resource.List[resource.Channel]](t, p.call("GET", "/api/v1/channels", "", 200)); len(list.Items) != 1 || list.Items[0].ID != "news" {
		t.Errorf("the list is %+v", list)
	}
	p.call("DELETE", "/api/v1/channels/news", "", 204)
	p.call("DELETE", "/api/v1/channels/news", "", 404)
	p.call("GET", "/api/v1/channels/news", "", 404)
	if len(p.queue.canceled) != 1 || p.queue.canceled[0] != "live news" {
		t.Errorf("canceled tasks are of %q, not of the channel", p.queue.canceled)
	}
}

func TestChannelNotEnabled(t *testing.T) {
	p := start(t, nil)
	body := strings.Replace(newsSpec, `"profile"`, `"enabled":false,"profile"`, 1)
	if ch := decode[resource.Channel](t, p.call("POST", "/api/v1/channels", body, 201)); ch.Enabled || ch.State != rung.ChannelStopped {
		t.Errorf("it is %+v", ch)
	}
}

func TestChannelRefusals(t *testing.T) {
	p := start(t, nil)
	for name, c := range map[string]struct {
		body, says string
		status     int
	}{
		"empty":           {" ", "empty", 400},
		"not JSON":        {`{"id":`, "ends inside", 400},
		"broken JSON":     {`{"id" 1}`, "not JSON at byte", 400},
		"two values":      {newsSpec + newsSpec, "more after", 400},
		"not an object":   {`[]`, "JSON array, not an object", 400},
		"unknown field":   {`{"id":"a","srouce":{}}`, `field "srouce" is not known`, 400},
		"unknown inner":   {`{"id":"a","source":{"uri":"udp://h:1"}}`, `field "uri" is not known`, 400},
		"wrong type":      {`{"id":"a","window":"ten"}`, `field "window"`, 400},
		"bad duration":    {`{"id":"a","dvr":"ten minutes"}`, `"ten minutes" is not a duration`, 400},
		"bad id":          {`{"id":"No News","source":{"url":"udp://h:1"},"profile":"hd5"}`, `channel id "No News" is not valid`, 400},
		"no source":       {`{"id":"a","profile":"hd5"}`, "source.url is missing", 400},
		"bad scheme":      {`{"id":"a","source":{"url":"gopher://h"},"profile":"hd5"}`, `scheme "gopher" is not one of`, 400},
		"no profile":      {`{"id":"a","source":{"url":"udp://h:1"}}`, `channel "a" has no profile`, 400},
		"unknown profile": {`{"id":"a","source":{"url":"udp://h:1"},"profile":"none"}`, `profile "none" does not exist`, 400},
		"small window":    {`{"id":"a","source":{"url":"udp://h:1"},"profile":"hd5","window":5}`, "window 5 is outside 6 to 1000", 400},
		"short secret":    {`{"id":"a","source":{"url":"srt://h:1","passphrase":"short"},"profile":"hd5"}`, "passphrase of 5 bytes is outside 10 to 79", 400},
		"observed field":  {`{"id":"a","state":"running"}`, `field "state" is not known`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			prob := p.call("POST", "/api/v1/channels", c.body, c.status).problem(t)
			if prob.Code != rung.CodeInvalid || !strings.Contains(prob.Detail, c.says) {
				t.Errorf("it says %q (%s), not %q", prob.Detail, prob.Code, c.says)
			}
		})
	}
	p.call("POST", "/api/v1/channels", newsSpec, 415, "Content-Type", "text/xml")
}

// TestBodyTooLarge only announces a large body: the server refuses by the length and closes, so a client that sends it may be
// cut off before it has read why.
func TestBodyTooLarge(t *testing.T) {
	p := start(t, nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/channels HTTP/1.1\r\nHost: rung\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", p.secret, 2<<20)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var prob resource.Problem
	if err := json.NewDecoder(resp.Body).Decode(&prob); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 413 || prob.Code != rung.CodeInvalid || !strings.Contains(prob.Detail, "Entity Too Large") {
		t.Errorf("status %d, it says %q (%s)", resp.StatusCode, prob.Detail, prob.Code)
	}
}

func TestPatchMerges(t *testing.T) {
	p := start(t, nil)
	p.call("POST", "/api/v1/channels", `{"id":"news","name":"News","source":{"url":"srt://h:1","passphrase":"a long secret","latency":"200ms"},"profile":"hd5","window":12,"dvr":90}`, 201)
	ch := decode[resource.Channel](t, p.call("PATCH", "/api/v1/channels/news", `{"name":null,"source":{"url":"srt://h:2"},"dvr":"1h"}`, 200, "Content-Type", "application/merge-patch+json"))
	if ch.Name != "" || ch.Source.URL != "srt://h:2" || ch.Source.Latency.String() != "200ms" || ch.Window != 12 || ch.DVR.D() != time.Hour || !ch.Enabled {
		t.Errorf("patched it is %+v", ch)
	}
	kept, _, _ := p.channels.Get(context.Background(), "news")
	if kept.Source.Passphrase != "a long secret" {
		t.Errorf("its passphrase has become %q", kept.Source.Passphrase)
	}
	p.call("PATCH", "/api/v1/channels/news", `{"source":{"passphrase":null}}`, 200)
	if kept, _, _ = p.channels.Get(context.Background(), "news"); kept.Source.Passphrase != "" {
		t.Errorf("taken away, its passphrase is %q", kept.Source.Passphrase)
	}
	for body, says := range map[string]string{
		`{"id":"other"}`:        `its id cannot become "other"`,
		`{"restarts":4}`:        `field "restarts" is not known`,
		`{"source":null}`:       "source.url is missing",
		`{"profile":"missing"}`: `profile "missing" does not exist`,
		`[1]`:                   "not an object",
	} {
		if prob := p.call("PATCH", "/api/v1/channels/news", body, 400).problem(t); !strings.Contains(prob.Detail, says) {
			t.Errorf("%s says %q, not %q", body, prob.Detail, says)
		}
	}
	p.call("PATCH", "/api/v1/channels/none", `{}`, 404)
}

// Two operators change the same channel at once: neither's change is lost.
func TestPatchIsMadeAnewOnConflict(t *testing.T) {
	p := start(t, nil)
	p.call("POST", "/api/v1/channels", newsSpec, 201)
	p.channels.beforePut = func() { p.call("PATCH", "/api/v1/channels/news", `{"name":"Theirs"}`, 200) }
	ch := decode[resource.Channel](t, p.call("PATCH", "/api/v1/channels/news", `{"window":20}`, 200))
	if ch.Name != "Theirs" || ch.Window != 20 {
		t.Errorf("after two changes it is %+v", ch)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	p := start(t, nil)
	p.call("POST", "/api/v1/channels", `{"id":"a","source":{"url":"srt://h:1?passphrase=in+the+address&latency=20"},"profile":"hd5"}`, 201)
	p.call("POST", "/api/v1/channels", `{"id":"b","source":{"url":"http://me:in+the+address@h/x.ts"},"profile":"hd5"}`, 201)
	for _, path := range []string{"/api/v1/channels", "/api/v1/channels/a", "/api/v1/channels/b"} {
		if body := string(p.call("GET", path, "", 200).body); strings.Contains(body, "in+the+address") || strings.Contains(body, "in the address") || strings.Contains(body, "passphrase") {
			t.Errorf("%s shows a secret: %s", path, body)
		}
	}
	a, _, _ := p.channels.Get(context.Background(), "a")
	if a.Source.Passphrase != "in the address" || a.Source.URL != "srt://h:1?latency=20" {
		t.Errorf("the passphrase was not moved to its field: %+v", a.Source)
	}
	// What the API shows can be sent back without harm.
	p.call("PATCH", "/api/v1/channels/b", `{"source":{"url":"http://me:xxxxx@h/x.ts"}}`, 200)
	if b, _, _ := p.channels.Get(context.Background(), "b"); b.Source.URL != "http://me:in+the+address@h/x.ts" {
		t.Errorf("its URL has become %q", b.Source.URL)
	}
}

func TestChannelShowsWhatIsObserved(t *testing.T) {
	p := start(t, nil)
	p.call("POST", "/api/v1/channels", newsSpec, 201)
	p.timelines.set("news", rung.Timeline{Channel: "news", Ladder: ladder("hd5")})
	now := time.Now().UTC()
	status := rung.ChannelStatus{
		ID: "news", State: rung.ChannelRunning, Node: "n1", Session: "s1", Since: now, Updated: now, Raised: 7,
		Media:  &rung.MediaInfo{Format: "mpegts"},
		Source: rung.SourceFigures{Connected: true, Since: now, BitRate: 8_000_000, PIDs: []rung.PIDFigures{{PID: 256, Type: "video", Codec: "h264"}}},
		Alarms: []rung.Alarm{{Code: "continuity", Severity: rung.Warning, Message: "12 continuity errors", Since: now, Count: 12}},
	}
	p.statuses.set("news", status)
	ch := decode[resource.Channel](t, p.call("GET", "/api/v1/channels/news", "", 200))
	if ch.State != rung.ChannelRunning || ch.SourceFigures.BitRate != 8_000_000 || len(ch.Alarms) != 1 || ch.Raised != 7 {
		t.Errorf("it shows %+v", ch)
	}
	if len(ch.Renditions) != 2 || ch.Renditions[0].ID != "720p" || ch.Renditions[0].Segments != 0 {
		t.Errorf("before anything is published its renditions are %+v", ch.Renditions)
	}
	p.published.set("news", []resource.Rendition{
		{ID: "720p", Type: "video", Codecs: "avc1.64001f", Segments: 10, Latency: rung.Duration(6 * time.Second), LastSegment: now},
		{ID: "audio", Type: "audio", Codecs: "mp4a.40.2", Segments: 10, Gaps: 1, Latency: rung.Duration(7 * time.Second)},
	})
	ch = decode[resource.Channel](t, p.call("GET", "/api/v1/channels/news", "", 200))
	if ch.Latency.D() != 7*time.Second || ch.Renditions[1].Gaps != 1 {
		t.Errorf("published it shows latency %v and %+v", ch.Latency, ch.Renditions)
	}
	// Its ingest node is gone.
	status.Updated = now.Add(-time.Minute)
	p.statuses.set("news", status)
	ch = decode[resource.Channel](t, p.call("GET", "/api/v1/channels/news", "", 200))
	if ch.State != rung.ChannelStarting || len(ch.Alarms) != 1 || ch.Alarms[0].Code != "unattended" || !ch.Since.Equal(status.Updated) {
		t.Errorf("unattended it shows %s since %v with %+v", ch.State, ch.Since, ch.Alarms)
	}
}
