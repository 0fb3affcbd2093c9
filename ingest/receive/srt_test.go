package receive

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	srt "github.com/datarhei/gosrt"

	"rung"
	"rung/internal/mediatest"
	"rung/internal/mpegts/mpegtest"
)

const testPassphrase = "correct horse battery staple"

// text is a log for tests to read.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *text) Write(b []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(b)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// connect sends as a caller to a listener of ours, as soon as it is there.
func connect(t *testing.T, address string, c srt.Config) srt.Conn {
	t.Helper()
	if err := knock(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	conn, err := srt.Dial("srt", address, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); drain(conn) })
	return conn
}

func TestSRTListener(t *testing.T) {
	var log text
	address := mediatest.FreeUDP(t)
	src := rung.Source{URL: "srt://" + address, Mode: "listener", Passphrase: testPassphrase, StreamID: "studio"}
	x := start(t, src, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	c := srt.DefaultConfig()
	c.Passphrase, c.StreamId = testPassphrase, "studio"
	for range 2 { // it may hang up and call again
		waitForListener(t, address)
		x.mu.Lock()
		x.data = nil
		x.mu.Unlock()
		conn := connect(t, address, c)
		receiveAll(t, x, func(b []byte) {
			if _, err := conn.Write(b); err != nil {
				t.Error(err)
			}
		}, same)
		if f := x.Figures(); !f.Connected || f.RTPLost != 0 {
			t.Errorf("figures %+v", f)
		}
		conn.Close()
		waitFor(t, "the caller to be gone", func() bool { return !x.Figures().Connected })
	}
	if strings.Contains(log.String(), testPassphrase) || !strings.Contains(log.String(), "SRT caller connected") {
		t.Errorf("log: %s", log.String())
	}
}

func TestSRTListenerRefuses(t *testing.T) {
	address := mediatest.FreeUDP(t)
	s, err := New(rung.Source{URL: "srt://" + address, Mode: "listener", Passphrase: testPassphrase, StreamID: "studio"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := s.(*srtReceiver)
	for name, c := range map[string]struct {
		req  request
		busy bool
		want srt.RejectionReason
	}{
		"right":          {request{id: "studio", encrypted: true, passphrase: testPassphrase}, false, 0},
		"busy":           {request{id: "studio", encrypted: true, passphrase: testPassphrase}, true, srt.REJX_CONFLICT},
		"other stream":   {request{id: "x", encrypted: true, passphrase: testPassphrase}, false, srt.REJX_NOTFOUND},
		"in the clear":   {request{id: "studio"}, false, srt.REJ_UNSECURE},
		"wrong password": {request{id: "studio", encrypted: true, passphrase: "another one"}, false, srt.REJ_BADSECRET},
	} {
		if reason, ok := r.admit(&c.req, c.busy); reason != c.want || ok != (c.want == 0) {
			t.Errorf("%s: %d %v, want %d", name, reason, ok, c.want)
		}
	}
}

// request is a caller's, as far as it is looked at.
type request struct {
	srt.ConnRequest
	id, passphrase string
	encrypted      bool
}

func (r *request) StreamId() string  { return r.id }
func (r *request) IsEncrypted() bool { return r.encrypted }
func (r *request) SetPassphrase(p string) error {
	if p != r.passphrase {
		return fmt.Errorf("wrong")
	}
	return nil
}

// serve is a listener that sends to whoever calls with the right stream id, until the test ends.
func serve(t *testing.T, address string, stream []byte) {
	t.Helper()
	ln, err := srt.Listen("srt", address, srt.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { ln.Close(); <-done })
	go func() {
		defer close(done)
		for {
			req, err := ln.Accept2()
			if err != nil {
				return
			}
			if req.StreamId() != "studio" || req.SetPassphrase(testPassphrase) != nil {
				req.Reject(srt.REJ_PEER)
				continue
			}
			conn, err := req.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			for _, d := range datagramsOf(stream) {
				if _, err := conn.Write(d); err != nil {
					break
				}
			}
		}
	}()
}

// A caller goes on calling until there is somebody.
func TestSRTCaller(t *testing.T) {
	address := mediatest.FreeUDP(t)
	clip := mpegtest.Clip{Frames: 10, GOP: 5, FrameSize: 1500}.Bytes()
	src := rung.Source{URL: "srt://" + address, Passphrase: testPassphrase, StreamID: "studio"}
	x := start(t, src, Options{AllowPrivate: true})
	waitFor(t, "a call in vain", func() bool { return x.Receiver.Cause() != nil })
	if code := rung.CodeOf(x.Receiver.Cause()); code != rung.CodeUnavailable {
		t.Errorf("cause %v", x.Receiver.Cause())
	}
	serve(t, address, clip)
	if got := x.await(t, len(clip), nil); !bytes.Equal(got, clip) {
		t.Errorf("%d bytes, want %d", len(got), len(clip))
	}
	if f := x.Figures(); !f.Connected || x.Receiver.Cause() != nil {
		t.Errorf("figures %+v", f)
	}
	x.stop()
	x.result(t)
}

func TestSRTCallerRefusesPrivateAddresses(t *testing.T) {
	x := start(t, rung.Source{URL: "srt://127.0.0.1:9"}, Options{})
	if err := x.result(t); rung.CodeOf(err) != rung.CodeForbidden {
		t.Errorf("%v, want forbidden", err)
	}
}
