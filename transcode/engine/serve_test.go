// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"rung"
	"rung/transcode/protocol"
)

// testParent is the parent's side of a served engine.
type testParent struct {
	t     *testing.T
	conn  *protocol.Conn
	to    *io.PipeWriter
	from  *io.PipeReader
	ended chan error
}

// startEngine serves in the background and takes the greeting. The test fails if a goroutine is left behind.
func startEngine(t *testing.T) *testParent {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	childIn, to := io.Pipe()
	from, childOut := io.Pipe()
	p := &testParent{t: t, conn: protocol.NewConn(from, to), to: to, from: from, ended: make(chan error, 1)}
	go func() {
		err := Serve(childIn, childOut, Options{Sandbox: []string{"test"}})
		childOut.Close()
		childIn.Close()
		p.ended <- err
	}()
	t.Cleanup(func() {
		p.to.Close()
		p.from.Close()
		goleak.VerifyNone(t, leaks)
	})
	kind, payload, err := p.conn.Read()
	if err != nil || kind != protocol.MsgReady {
		t.Fatalf("greeting: message %d, %v", kind, err)
	}
	var ready protocol.Ready
	if err := json.Unmarshal(payload, &ready); err != nil {
		t.Fatal(err)
	}
	if ready.Version != protocol.Version || ready.Versions["ffmpeg"] == "" || ready.Versions["libavcodec"] == "" ||
		len(ready.Encoders) != 4 || len(ready.Sandbox) != 1 || ready.PID == 0 {
		t.Errorf("greeting %+v", ready)
	}
	return p
}

// request sends a request and attends to it.
func (p *testParent) request(req protocol.Request, data []byte) (kind protocol.Type, reply []byte, outputs map[string][]byte) {
	p.t.Helper()
	if err := p.conn.WriteJSON(protocol.MsgRequest, req); err != nil {
		p.t.Fatal(err)
	}
	return p.attend(data)
}

// attend answers reads from data and gathers outputs until the request ends.
func (p *testParent) attend(data []byte) (kind protocol.Type, reply []byte, outputs map[string][]byte) {
	p.t.Helper()
	outputs = map[string][]byte{}
	for {
		kind, payload, err := p.conn.Read()
		if err != nil {
			p.t.Fatal(err)
		}
		switch kind {
		case protocol.MsgRead:
			r, err := protocol.ParseRead(payload)
			if err != nil {
				p.t.Fatal(err)
			}
			from := min(r.Offset, int64(len(data)))
			if err := p.conn.Write(protocol.MsgData, data[from:min(from+int64(r.Length), int64(len(data)))]); err != nil {
				p.t.Fatal(err)
			}
		case protocol.MsgOutput:
			name, piece, err := protocol.ParseOutput(payload)
			if err != nil {
				p.t.Fatal(err)
			}
			outputs[name] = append(outputs[name], piece...)
		default:
			return kind, payload, outputs
		}
	}
}

// One child serves many requests; a failed one does not harm the next.
func TestServe(t *testing.T) {
	p := startEngine(t)
	pattern := &protocol.Pattern{Width: 320, Height: 180, Frames: 50}
	kind, _, outputs := p.request(protocol.Request{Op: protocol.OpGenerate, Pattern: pattern}, nil)
	ts := outputs["ts"]
	if kind != protocol.MsgDone || len(ts) == 0 {
		t.Fatalf("generate ended with message %d and %d bytes", kind, len(ts))
	}
	for _, req := range []protocol.Request{
		{Op: "nonesuch"}, {Op: protocol.OpProbe}, {Op: protocol.OpGenerate}, {Op: protocol.OpRemux}, {Op: protocol.OpIndex},
		{Op: protocol.OpProbe, Format: "hls", Inputs: []protocol.Input{{Size: 10}}},
	} {
		kind, reply, _ := p.request(req, nil)
		var failure rung.Error
		if kind != protocol.MsgFailed || json.Unmarshal(reply, &failure) != nil || failure.Code == "" || failure.Message == "" {
			t.Errorf("%+v ended with message %d: %s", req, kind, reply)
		}
	}
	kind, reply, _ := p.request(protocol.Request{Op: protocol.OpProbe, Inputs: []protocol.Input{{Size: int64(len(ts))}}}, ts)
	var probed protocol.ProbeReply
	if kind != protocol.MsgDone || json.Unmarshal(reply, &probed) != nil || len(probed.Media.Video) != 1 || probed.Media.Size != int64(len(ts)) {
		t.Fatalf("probe ended with message %d: %s", kind, reply)
	}
	p.to.Close()
	if err := <-p.ended; err != nil {
		t.Errorf("the parent closed the pipe: %v, want nil", err)
	}
}

// What the parent cannot read fails the request with the parent's own words.
func TestServeDataError(t *testing.T) {
	p := startEngine(t)
	if err := p.conn.WriteJSON(protocol.MsgRequest, protocol.Request{Op: protocol.OpProbe, Inputs: []protocol.Input{{Size: 1000}}}); err != nil {
		t.Fatal(err)
	}
	if kind, _, err := p.conn.Read(); kind != protocol.MsgRead || err != nil {
		t.Fatalf("message %d, %v, want a read", kind, err)
	}
	sent := rung.Errorf(rung.CodeUnavailable, "wait", "the window is away")
	if err := p.conn.WriteJSON(protocol.MsgDataError, sent); err != nil {
		t.Fatal(err)
	}
	kind, payload, err := p.conn.Read()
	var got rung.Error
	if err != nil || kind != protocol.MsgFailed || json.Unmarshal(payload, &got) != nil || got != *sent {
		t.Errorf("message %d, %v: %s; want %+v", kind, err, payload, sent)
	}
}

// A parent that breaks the protocol is told so by the child's end.
func TestServeViolations(t *testing.T) {
	read := protocol.Request{Op: protocol.OpProbe, Inputs: []protocol.Input{{Size: 1000}}}
	tests := map[string]func(c *protocol.Conn) error{
		"a request that is not JSON":   func(c *protocol.Conn) error { return c.Write(protocol.MsgRequest, []byte("{")) },
		"data without a read":          func(c *protocol.Conn) error { return c.Write(protocol.MsgData) },
		"a child's message":            func(c *protocol.Conn) error { return c.Write(protocol.MsgDone, []byte("{}")) },
		"more data than was asked for": answering(read, func(c *protocol.Conn) error { return c.Write(protocol.MsgData, make([]byte, 1<<20)) }),
		"a request in place of data":   answering(read, func(c *protocol.Conn) error { return c.WriteJSON(protocol.MsgRequest, read) }),
		"a data error that is no JSON": answering(read, func(c *protocol.Conn) error { return c.Write(protocol.MsgDataError, []byte("x")) }),
	}
	for name, violate := range tests {
		t.Run(name, func(t *testing.T) {
			p := startEngine(t)
			if err := violate(p.conn); err != nil {
				t.Fatal(err)
			}
			if err := <-p.ended; err == nil || !strings.Contains(err.Error(), "protocol") {
				t.Errorf("Serve ended with %v, want the violation", err)
			}
		})
	}
}

// answering sends a request, waits for its first read and answers it with f.
func answering(req protocol.Request, f func(*protocol.Conn) error) func(*protocol.Conn) error {
	return func(c *protocol.Conn) error {
		if err := c.WriteJSON(protocol.MsgRequest, req); err != nil {
			return err
		}
		if kind, _, err := c.Read(); err != nil || kind != protocol.MsgRead {
			return fmt.Errorf("message %d, %w, want a read", kind, err)
		}
		return f(c)
	}
}

// The parent may go away while an endless stream is on its way.
func TestServeParentGoesAway(t *testing.T) {
	p := startEngine(t)
	req := protocol.Request{Op: protocol.OpGenerate, Pattern: &protocol.Pattern{Width: 320, Height: 180}}
	if err := p.conn.WriteJSON(protocol.MsgRequest, req); err != nil {
		t.Fatal(err)
	}
	if kind, _, err := p.conn.Read(); err != nil || kind != protocol.MsgOutput {
		t.Fatalf("message %d, %v, want output", kind, err)
	}
	p.from.Close()
	if err := <-p.ended; err != nil {
		t.Errorf("Serve ended with %v, want nil", err)
	}
}

// Reads and outputs of several goroutines do not come between one another.
func TestParentIOIsOneExchangeAtATime(t *testing.T) {
	childIn, to := io.Pipe()
	from, childOut := io.Pipe()
	data := numbered(1 << 20)
	rio := &parentIO{conn: protocol.NewConn(childIn, childOut), inputs: []protocol.Input{{Size: int64(len(data))}}}
	p := &testParent{t: t, conn: protocol.NewConn(from, to)}
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() {
			buf := make([]byte, 1000)
			for i := range 50 {
				off := int64(worker*100_000 + i*1000)
				if n, err := rio.ReadAt(0, buf, off); err != nil || string(buf[:n]) != string(data[off:off+int64(n)]) {
					t.Errorf("read at %d: %d bytes, %v, or not those of the input", off, n, err)
				}
				if err := rio.Output(fmt.Sprint(worker), buf); err != nil {
					t.Error(err)
				}
			}
		})
	}
	go func() {
		workers.Wait()
		if err := rio.conn.WriteJSON(protocol.MsgDone, nil); err != nil {
			t.Error(err)
		}
	}()
	_, _, outputs := p.attend(data)
	for worker := range 4 {
		if got := outputs[fmt.Sprint(worker)]; string(got) != string(data[worker*100_000:][:50_000]) {
			t.Errorf("output %d has %d bytes, or not those that were read", worker, len(got))
		}
	}
}
