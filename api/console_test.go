package api_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/api/console"
	"rung/api/console/consoletest"
	"rung/api/resource"
)

// pictures is how long a page may take to show moving pictures on a machine that does other work as well.
const pictures = 60 * time.Second

// showClip puts the clip into the store as the presentation of a running channel, with something to see around it.
func (p *platform) showClip() {
	p.t.Helper()
	err := fs.WalkDir(os.DirFS("testdata/clip"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile("testdata/clip/" + name)
		p.bin.put("live/news/"+name, body)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	now := time.Now().UTC()
	p.call("POST", "/api/v1/channels", `{"id":"news","name":"News","source":{"url":"udp://239.1.1.1:5000"},"profile":"hd5"}`, 201)
	p.call("POST", "/api/v1/channels", `{"id":"sports","name":"Sports One","source":{"url":"srt://10.20.0.4:9000","mode":"caller"},"profile":"hd5"}`, 201)
	p.call("POST", "/api/v1/channels", `{"id":"archive","source":{"url":"file:/media/archive.ts","loop":true},"profile":"hd5","enabled":false}`, 201)
	p.statuses.set("news", rung.ChannelStatus{
		ID: "news", State: rung.ChannelRunning, Node: "n1", Session: "s1a2b3", Since: now.Add(-3 * time.Hour), Updated: now.Add(time.Hour), Raised: 2812,
		Media: &rung.MediaInfo{Format: "mpegts", Video: []rung.VideoInfo{{Codec: "h264", Width: 1920, Height: 1080, FrameRate: rung.R(25, 1), Interlaced: true}}},
		Source: rung.SourceFigures{Connected: true, Since: now.Add(-3 * time.Hour), BitRate: 8_412_000, Packets: 8e6, ContinuityErrors: 3, PIDs: []rung.PIDFigures{
			{PID: 256, Type: "video", Codec: "h264", BitRate: 7_900_000, ContinuityErrors: 3}, {PID: 257, Type: "audio", Codec: "mp2", Language: "deu", BitRate: 192_000}}},
		Alarms: []rung.Alarm{{Code: "continuity", Severity: rung.Warning, Message: "3 packets were lost on PID 256", Hint: "look at the network between sender and node", Since: now.Add(-90 * time.Second), Count: 3}},
	})
	p.statuses.set("sports", rung.ChannelStatus{
		ID: "sports", State: rung.ChannelWaiting, Node: "n1", Since: now, Updated: now.Add(time.Hour),
		Error:  &rung.Error{Code: rung.CodeSourceLost, Message: "nothing arrives from srt://10.20.0.4:9000", Hint: "is the sender running?"},
		Alarms: []rung.Alarm{{Code: "source_lost", Severity: rung.Critical, Message: "nothing arrives", Since: now.Add(-20 * time.Second), Count: 1}},
	})
	p.published.set("news", []resource.Rendition{
		{ID: "180p", Type: "video", Codecs: "avc1.640015", Width: 320, Height: 180, FrameRate: rung.R(25, 1), Bandwidth: 24264, AverageBandwidth: 22010, Segments: 4, Latency: rung.Duration(6200 * time.Millisecond)},
		{ID: "90p", Type: "video", Codecs: "avc1.64000c", Width: 160, Height: 90, FrameRate: rung.R(25, 1), Bandwidth: 16712, AverageBandwidth: 14475, Segments: 4, Gaps: 1},
		{ID: "audio", Type: "audio", Codecs: "mp4a.40.2", AverageBandwidth: 34000, Segments: 5},
	})
	p.call("POST", "/api/v1/jobs", `{"id":"film","input":"s3://in/film.mov","profile":"hd5"}`, 201)
	p.publish("running")
}

// screenshot keeps a picture of the page where RUNG_SCREENSHOTS says.
func screenshot(t *testing.T, page *consoletest.Page, name string) {
	t.Helper()
	dir := os.Getenv("RUNG_SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(dir+"/"+name+".png", page.Screenshot(), 0o644); err != nil {
		t.Error(err)
	}
}

// shown gives the pixels that the player shows now.
const shown = `(() => {
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = [64, 36];
	const context = canvas.getContext("2d");
	context.drawImage(rungPlayer.video, 0, 0, 64, 36);
	return Array.from(context.getImageData(0, 0, 64, 36).data).join();
})()`

// The page signs in with the address's token, plays the channel, and the picture moves.
func TestConsolePlays(t *testing.T) {
	p := start(t, nil)
	p.showClip()
	page := consoletest.Start(t).Open(p.base + "/#token=" + p.secret)
	page.Resize(1440, 1000)
	page.PreferDark(true)
	// The clip is short, and the machine may be slow: it goes round, so that it always moves.
	page.WaitFor(`window.rungPlayer && (rungPlayer.video.loop = true)`, pictures)
	page.WaitFor(`rungPlayer.currentTime > 0 && rungPlayer.decodedFrames > 10`, pictures)
	if err := page.Eval(`first = { time: rungPlayer.currentTime, picture: `+shown+` }, true`, nil); err != nil {
		t.Fatal(err)
	}
	page.WaitFor(`rungPlayer.currentTime !== first.time && `+shown+` !== first.picture`, pictures)
	page.WaitFor(`document.querySelector("h2 .badge.running") && document.querySelector(".rung.shown")`, pictures)
	if href := mustEval(t, page, `location.href`); strings.Contains(href, p.secret) {
		t.Errorf("the address keeps the token: %s", href)
	}
	for _, text := range []string{"Sports One", "8.41 Mbit/s", "3 packets were lost on PID 256", "320×180", "1 gap"} {
		page.WaitFor(fmt.Sprintf(`document.body.innerText.includes(%q)`, text), pictures)
	}
	screenshot(t, page, "channels-dark")
	page.PreferDark(false)
	screenshot(t, page, "channels-light")
	for view, text := range map[string]string{"jobs": "s3://in/film.mov", "nodes": "1 of 2", "events": "channel.state"} {
		if err := page.Eval(`location.hash = "#/`+view+`"`, nil); err != nil {
			t.Fatal(err)
		}
		page.WaitFor(fmt.Sprintf(`document.getElementById("view").innerText.includes(%q)`, text), pictures)
		screenshot(t, page, view)
	}
	if faults := page.Faults(); len(faults) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(faults, "\n"))
	}
}

// A visitor without a token is asked for one; what the forms send reaches the API, and its refusals the forms.
func TestConsoleSignInAndForms(t *testing.T) {
	p := start(t, nil)
	page := consoletest.Start(t).Open(p.base + "/")
	fill := func(dialog, field, value string) {
		t.Helper()
		if err := page.Eval(fmt.Sprintf(`document.querySelector("#%s [name=%s]").value = %q`, dialog, field, value), nil); err != nil {
			t.Fatal(err)
		}
	}
	click := func(selector string) {
		t.Helper()
		if err := page.Eval(fmt.Sprintf(`document.querySelector(%q).click()`, selector), nil); err != nil {
			t.Fatal(err)
		}
	}
	page.WaitFor(`document.getElementById("sign-in")?.open`, pictures)
	screenshot(t, page, "sign-in")
	fill("sign-in", "token", "wrong")
	click("#sign-in .primary")
	page.WaitFor(`document.querySelector("#sign-in .form-error").textContent.includes("not known")`, pictures)
	fill("sign-in", "token", p.secret)
	click("#sign-in .primary")
	page.WaitFor(`document.querySelector(".welcome")`, pictures)
	click(".welcome .primary")
	page.WaitFor(`document.querySelector("#new-channel select").value === "hd5"`, pictures)
	screenshot(t, page, "new-channel")
	fill("new-channel", "id", "news")
	fill("new-channel", "url", "gopher://h")
	click("#new-channel button.primary")
	page.WaitFor(`document.querySelector("#new-channel .form-error").textContent.includes("gopher")`, pictures)
	fill("new-channel", "url", "test:")
	click("#new-channel button.primary")
	page.WaitFor(`document.querySelector(".card.chosen")?.innerText.includes("news")`, pictures)
	if ch := decode[resource.Channel](t, p.call("GET", "/api/v1/channels/news", "", 200)); ch.Source.URL != "test:" || !ch.Enabled {
		t.Errorf("the form has made %+v", ch)
	}
	page.WaitFor(`document.querySelector(".note").textContent.includes("nothing is published yet")`, pictures)
	if faults := page.Faults(); len(faults) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(faults, "\n"))
	}
}

// mustEval gives an expression's value as text.
func mustEval(t *testing.T, page *consoletest.Page, expression string) string {
	t.Helper()
	var text string
	if err := page.Eval("String("+expression+")", &text); err != nil {
		t.Fatal(err)
	}
	return text
}

// The page may use nothing from outside, and holds no inline script or style.
func TestConsolePolicy(t *testing.T) {
	p := start(t, nil)
	a := p.fetch("GET", "/", 200)
	policy := a.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %s", policy, want)
		}
	}
	for _, refused := range []string{"<style", "style=", "onclick=", "src=\"http", "href=\"http"} {
		if strings.Contains(string(a.body), refused) {
			t.Errorf("the page has %s", refused)
		}
	}
	if ct := p.fetch("GET", "/console/dist/hls.min.mjs", 200).header.Get("Content-Type"); ct != "text/javascript; charset=utf-8" {
		t.Errorf("modules are served as %q", ct)
	}
	p.fetch("GET", "/console/page/main.js", 304, "If-None-Match", p.fetch("GET", "/console/page/main.js", 200).header.Get("ETag"))
}

// What is vendored is what the lock file pins.
func TestConsoleLibraryIsTheOnePinned(t *testing.T) {
	text, err := os.ReadFile("console/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	pinned := lock.Packages["node_modules/hls.js"].Version
	library, err := fs.ReadFile(console.Files(), "dist/hls.min.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if pinned == "" || !strings.Contains(string(library), `"`+pinned+`"`) {
		t.Errorf("dist/hls.min.mjs is not version %q: run make console", pinned)
	}
	if _, err := fs.Stat(console.Files(), "dist/hls.LICENSE"); err != nil {
		t.Error(err)
	}
}
