// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"io"
	"sync"
	"testing"

	"rung"
	"rung/transcode/protocol"
)

// memoryIO is a requestIO over memory. It is a parent that gives short reads, and that can fail on request.
type memoryIO struct {
	inputs [][]byte

	mu      sync.Mutex
	outputs map[string][]byte
	reads   int
	// readError is given for reads at or after failAt.
	readError error
	failAt    int64
	// full is given once an output has grown to room bytes.
	full error
	room int
}

// ReadAt implements requestIO.
func (m *memoryIO) ReadAt(input int, p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	if m.readError != nil && off >= m.failAt {
		return 0, m.readError
	}
	data := m.inputs[input]
	if off >= int64(len(data)) {
		return 0, io.EOF
	}
	n := copy(p, data[off:])
	if n > 1000 {
		n -= n % 1000 // the parent need not give all that is asked for
	}
	return n, nil
}

// Output implements requestIO.
func (m *memoryIO) Output(name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.outputs == nil {
		m.outputs = map[string][]byte{}
	}
	m.outputs[name] = append(m.outputs[name], data...)
	if m.full != nil && len(m.outputs[name]) >= m.room {
		return m.full
	}
	return nil
}

// generated makes a pattern's stream. Patterns are small and short unless the test says otherwise.
func generated(t testing.TB, p protocol.Pattern) []byte {
	t.Helper()
	if p.Width == 0 {
		p.Width, p.Height = 320, 180
	}
	if p.Frames == 0 {
		p.Frames = 75
	}
	rio := &memoryIO{}
	reply, err := generate(rio, protocol.Request{Op: protocol.OpGenerate, Pattern: &p})
	if err != nil {
		t.Fatalf("generate %+v: %v", p, err)
	}
	ts := rio.outputs["ts"]
	if reply.Bytes != int64(len(ts)) || len(ts) == 0 || len(ts)%tsPacket != 0 {
		t.Fatalf("generate: reply says %d bytes, output has %d, which must be whole packets", reply.Bytes, len(ts))
	}
	return ts
}

// requestFor is a request with one input in memory.
func requestFor(op protocol.Operation, format string, data []byte) (*memoryIO, protocol.Request) {
	return &memoryIO{inputs: [][]byte{data}}, protocol.Request{Op: op, Format: format, Inputs: []protocol.Input{{Size: int64(len(data))}}}
}

// probed probes data.
func probed(t testing.TB, format string, data []byte) rung.MediaInfo {
	t.Helper()
	reply, err := probe(requestFor(protocol.OpProbe, format, data))
	if err != nil {
		t.Fatalf("probe: %v", err)
	}
	return reply.Media
}

// wantCode checks an error's code and that it tells its reader something.
func wantCode(t testing.TB, err error, code rung.Code) {
	t.Helper()
	if rung.CodeOf(err) != code {
		t.Fatalf("error %v has code %q, want %q", err, rung.CodeOf(err), code)
	}
	if e := rung.AsError(err); e.Message == "" || (code != rung.CodeInternal && code != rung.CodeUnavailable && e.Hint == "") {
		t.Fatalf("error %+v lacks a message or a hint", e)
	}
}
