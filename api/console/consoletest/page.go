package consoletest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// lookEvery is between looks at a condition in the page.
const lookEvery = 100 * time.Millisecond

// Page is one tab.
type Page struct {
	browser *Browser
	session string

	mu     sync.Mutex
	faults []string
}

// Open opens a tab at the address.
func (b *Browser) Open(address string) *Page {
	b.tb.Helper()
	var target struct {
		ID string `json:"targetId"`
	}
	b.must("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		Session string `json:"sessionId"`
	}
	b.must("", "Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &attached)
	p := &Page{browser: b, session: attached.Session}
	b.mu.Lock()
	b.pages[p.session] = p
	b.mu.Unlock()
	for _, domain := range []string{"Page.enable", "Runtime.enable", "Log.enable"} {
		b.must(p.session, domain, nil, nil)
	}
	b.must(p.session, "Page.navigate", map[string]any{"url": address}, nil)
	return p
}

// must is command; failing, it fails the test.
func (b *Browser) must(session, method string, params, result any) {
	b.tb.Helper()
	got, err := b.command(session, method, params)
	if err == nil && result != nil {
		err = json.Unmarshal(got, result)
	}
	if err != nil {
		b.tb.Fatal(err)
	}
}

// event notes uncaught exceptions, and what the browser itself complains of, such as a breach of the page's policy.
func (p *Page) event(method string, params json.RawMessage) {
	var fault string
	switch method {
	case "Runtime.exceptionThrown":
		fault = string(params)
	case "Log.entryAdded":
		var log struct {
			Entry struct{ Level, Source, Text, URL string }
		}
		if json.Unmarshal(params, &log) != nil || log.Entry.Level != "error" || log.Entry.Source == "network" {
			return
		}
		fault = log.Entry.Source + ": " + log.Entry.Text
	default:
		return
	}
	p.mu.Lock()
	p.faults = append(p.faults, fault)
	p.mu.Unlock()
}

// Faults are the page's uncaught exceptions and the browser's complaints so far. Answers with an error status are not
// among them.
func (p *Page) Faults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.faults...)
}

// Eval evaluates an expression, awaits it if it is a promise, and reads its JSON value into v (unless that is nil).
func (p *Page) Eval(expression string, v any) error {
	raw, err := p.browser.command(p.session, "Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true})
	if err != nil {
		return err
	}
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		return err
	}
	if e := got.ExceptionDetails; e != nil {
		return fmt.Errorf("%s: %s %s", expression, e.Text, e.Exception.Description)
	}
	if v == nil {
		return nil
	}
	if len(got.Result.Value) == 0 {
		return fmt.Errorf("%s has no value", expression)
	}
	return json.Unmarshal(got.Result.Value, v)
}

// WaitFor waits until the expression is true; an exception in it counts as not yet. After limit the test fails, with
// what the page shows.
func (p *Page) WaitFor(expression string, limit time.Duration) {
	p.browser.tb.Helper()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	end := time.Now().Add(limit)
	for {
		var yes bool
		err := p.Eval("Boolean("+expression+")", &yes)
		if err == nil && yes {
			return
		}
		if time.Now().After(end) {
			var text string
			p.Eval("document.body.innerText", &text)
			p.browser.tb.Fatalf("the page has not come to %s within %v (%v); its faults: %s; it shows:\n%s", expression, limit, err, strings.Join(p.Faults(), "; "), text)
		}
		<-look.C
	}
}

// Screenshot gives a PNG picture of the tab.
func (p *Page) Screenshot() []byte {
	p.browser.tb.Helper()
	var shot struct{ Data string }
	p.browser.must(p.session, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		p.browser.tb.Fatal(err)
	}
	return png
}

// Resize sets the tab's size in CSS pixels.
func (p *Page) Resize(width, height int) {
	p.browser.tb.Helper()
	p.browser.must(p.session, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// PreferDark sets whether the page sees a reader who prefers dark colours.
func (p *Page) PreferDark(dark bool) {
	p.browser.tb.Helper()
	value := "light"
	if dark {
		value = "dark"
	}
	p.browser.must(p.session, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": value}}}, nil)
}
