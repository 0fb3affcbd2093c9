// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"rung"
	"rung/transcode/protocol"
)

// parentIO is the requestIO that speaks to the parent. The lock is held for a whole exchange, so that the answer to a
// Read is always the next message and an Output never comes between the two.
type parentIO struct {
	inputs []protocol.Input

	mu   sync.Mutex
	conn *protocol.Conn
	// broken is set once the pipe or the parent's protocol has failed: nothing is said on it from then on.
	broken error
}

// ReadAt implements requestIO with one Read and its Data or DataError.
func (p *parentIO) ReadAt(input int, b []byte, off int64) (int, error) {
	if input < 0 || input >= len(p.inputs) {
		return 0, rung.Errorf(rung.CodeInternal, "", "input %d was asked for, but the request has %d", input, len(p.inputs))
	}
	if size := p.inputs[input].Size; size >= 0 && off >= size {
		return 0, io.EOF
	}
	if len(b) == 0 {
		return 0, nil
	}
	b = b[:min(len(b), protocol.MaxPayload)]
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return 0, p.broken
	}
	n, err, broken := p.exchange(protocol.ReadRequest{Input: uint16(input), Offset: off, Length: uint32(len(b))}, b)
	if broken != nil {
		p.broken = broken
		return 0, broken
	}
	return n, err
}

// exchange sends one Read and takes its answer. broken says that the conversation itself has failed; err, that the parent
// could not read.
func (p *parentIO) exchange(read protocol.ReadRequest, b []byte) (n int, err, broken error) {
	if err := p.conn.WriteRead(read); err != nil {
		return 0, nil, fmt.Errorf("engine: asking for input: %w", err)
	}
	t, payload, err := p.conn.Read()
	if err != nil {
		return 0, nil, fmt.Errorf("engine: waiting for input: %w", err)
	}
	switch t {
	case protocol.MsgData:
		if len(payload) > len(b) {
			return 0, nil, fmt.Errorf("engine protocol: %d bytes of data answer a read of %d", len(payload), len(b))
		}
		if len(payload) == 0 {
			return 0, io.EOF, nil
		}
		return copy(b, payload), nil, nil
	case protocol.MsgDataError:
		var cause rung.Error
		if err := json.Unmarshal(payload, &cause); err != nil {
			return 0, nil, fmt.Errorf("engine protocol: data error is not JSON: %w", err)
		}
		return 0, &cause, nil
	default:
		return 0, nil, fmt.Errorf("engine protocol: message %d answers a read, not data", t)
	}
}

// Output implements requestIO.
func (p *parentIO) Output(name string, data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return p.broken
	}
	if err := p.conn.WriteOutput(name, data); err != nil {
		p.broken = fmt.Errorf("engine: sending output: %w", err)
	}
	return p.broken
}
