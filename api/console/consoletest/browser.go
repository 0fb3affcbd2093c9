// Package consoletest drives Debian's Chromium for tests of the console, over the DevTools protocol on two pipes: no
// port is opened and no library needed. (Playwright's own Chromium cannot decode H.264.)
package consoletest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// answerTimeout bounds the wait for the browser's answer to one command.
const answerTimeout = 30 * time.Second

// Browser is a headless Chromium with a profile of its own.
type Browser struct {
	tb   testing.TB
	cmd  *exec.Cmd
	to   io.WriteCloser
	done chan struct{} // closed when the reader has ended

	mu      sync.Mutex
	next    int
	waiting map[int]chan reply
	pages   map[string]*Page // by session
}

// Start starts the browser and stops it at the test's end. Without Chromium the test fails: it is not optional.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		tb.Fatal("chromium is not installed: run deploy/setup/packages.sh test")
	}
	fromTest, toTest, toBrowser, fromBrowser := pipes(tb)
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--autoplay-policy=no-user-gesture-required", "--window-size=1440,900", "--hide-scrollbars",
		"--user-data-dir="+tb.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{fromTest, toTest} // descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		tb.Fatalf("chromium: %v", err)
	}
	fromTest.Close()
	toTest.Close()
	b := &Browser{tb: tb, cmd: cmd, to: toBrowser, done: make(chan struct{}), waiting: map[int]chan reply{}, pages: map[string]*Page{}}
	go b.read(fromBrowser)
	tb.Cleanup(b.close)
	return b
}

// pipes makes the two pipes: what the browser reads and writes, and what the test writes and reads.
func pipes(tb testing.TB) (browserReads, browserWrites, testWrites, testReads *os.File) {
	tb.Helper()
	browserReads, testWrites, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	testReads, browserWrites, err = os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	return browserReads, browserWrites, testWrites, testReads
}

// close asks the browser to go, so that it takes its own children along, and waits for it.
func (b *Browser) close() {
	if _, err := b.command("", "Browser.close", nil); err != nil {
		b.cmd.Process.Kill()
	}
	b.to.Close()
	<-b.done
	b.cmd.Wait()
}

// read hands replies to those who wait for them until the browser closes its pipe.
func (b *Browser) read(from io.ReadCloser) {
	defer close(b.done)
	defer from.Close()
	r := bufio.NewReader(from)
	for {
		text, err := r.ReadBytes(0) // messages end with a zero byte
		if err != nil {
			b.abandon(fmt.Errorf("chromium has closed: %w", err))
			return
		}
		var m struct {
			message
			Params json.RawMessage `json:"params"`
		}
		if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
			continue
		}
		if m.ID == 0 {
			b.event(m.Session, m.Method, m.Params)
			continue
		}
		got := reply{result: m.Result}
		if m.Error != nil {
			got.err = fmt.Errorf("chromium: %s", m.Error.Message)
		}
		b.mu.Lock()
		wait := b.waiting[m.ID]
		delete(b.waiting, m.ID)
		b.mu.Unlock()
		if wait != nil {
			wait <- got
		}
	}
}

// abandon fails all that wait.
func (b *Browser) abandon(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, wait := range b.waiting {
		wait <- reply{err: err}
		delete(b.waiting, id)
	}
}

// event hands an event to its page.
func (b *Browser) event(session, method string, params json.RawMessage) {
	b.mu.Lock()
	page := b.pages[session]
	b.mu.Unlock()
	if page != nil {
		page.event(method, params)
	}
}

// command sends a command to a session (none: the browser itself) and waits for its reply.
func (b *Browser) command(session, method string, params any) (json.RawMessage, error) {
	wait := make(chan reply, 1)
	b.mu.Lock()
	b.next++
	id := b.next
	b.waiting[id] = wait
	text, err := json.Marshal(message{ID: id, Session: session, Method: method, Params: params})
	if err == nil {
		_, err = b.to.Write(append(text, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case got := <-wait:
		if got.err != nil {
			return nil, fmt.Errorf("%s: %w", method, got.err)
		}
		return got.result, nil
	case <-b.done:
		return nil, fmt.Errorf("%s: chromium has closed", method)
	case <-time.After(answerTimeout):
		return nil, fmt.Errorf("%s: chromium has not answered within %v", method, answerTimeout)
	}
}
