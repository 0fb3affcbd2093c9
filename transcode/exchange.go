package transcode

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"rung"
	"rung/transcode/protocol"
)

// maxRead is the most that is read for one Read message: the child gets a piece of what it asked for and asks again.
const maxRead = 1 << 20

// exchange is one request's conversation with the child.
type exchange struct {
	conn   *protocol.Conn
	inputs []io.ReaderAt
	output func(name string, data []byte) error

	buf []byte
	// inputErr is the first failure of an input: the child's own error about it only repeats what it was told.
	inputErr error
}

// refusal says that the child answered the request with an error: the conversation is in order and the child can go on.
type refusal struct{ cause error }

func (r *refusal) Error() string { return r.cause.Error() }
func (r *refusal) Unwrap() error { return r.cause }

// outputError says that the receiver of the outputs failed.
type outputError struct{ cause error }

func (o *outputError) Error() string { return o.cause.Error() }
func (o *outputError) Unwrap() error { return o.cause }

// run sends the request and serves the child until it ends it. Any error but a refusal means that the child is of no
// more use.
func (x *exchange) run(req protocol.Request) (json.RawMessage, error) {
	if err := x.conn.WriteJSON(protocol.MsgRequest, req); err != nil {
		return nil, err
	}
	for {
		t, payload, err := x.conn.Read()
		if err != nil {
			return nil, err
		}
		switch t {
		case protocol.MsgRead:
			err = x.serveRead(payload)
		case protocol.MsgOutput:
			err = x.takeOutput(payload)
		case protocol.MsgDone:
			if !json.Valid(payload) {
				return nil, fmt.Errorf("engine protocol: reply of %d bytes is not JSON", len(payload))
			}
			return json.RawMessage(append([]byte(nil), payload...)), nil
		case protocol.MsgFailed:
			return nil, x.failed(payload)
		default:
			err = fmt.Errorf("engine protocol: message %d in a request", t)
		}
		if err != nil {
			return nil, err
		}
	}
}

// serveRead answers one Read.
func (x *exchange) serveRead(payload []byte) error {
	r, err := protocol.ParseRead(payload)
	if err != nil {
		return err
	}
	if int(r.Input) >= len(x.inputs) {
		return fmt.Errorf("engine protocol: read of input %d of %d", r.Input, len(x.inputs))
	}
	n := min(int(r.Length), maxRead)
	if cap(x.buf) < n {
		x.buf = make([]byte, n)
	}
	n, err = x.inputs[r.Input].ReadAt(x.buf[:n], r.Offset)
	if n > 0 || err == nil || errors.Is(err, io.EOF) {
		return x.conn.Write(protocol.MsgData, x.buf[:n])
	}
	if x.inputErr == nil {
		x.inputErr = err
	}
	return x.conn.WriteJSON(protocol.MsgDataError, rung.AsError(err))
}

// takeOutput hands one piece of output on.
func (x *exchange) takeOutput(payload []byte) error {
	name, data, err := protocol.ParseOutput(payload)
	if err != nil {
		return err
	}
	if x.output == nil {
		return fmt.Errorf("engine protocol: output %q of a request that has none", name)
	}
	if err := x.output(name, data); err != nil {
		return &outputError{err}
	}
	return nil
}

// failed is the error that ends the request by the child's own word.
func (x *exchange) failed(payload []byte) error {
	if x.inputErr != nil {
		return &refusal{x.inputErr}
	}
	var cause rung.Error
	if err := json.Unmarshal(payload, &cause); err != nil || cause.Code == "" {
		return fmt.Errorf("engine protocol: failure of %d bytes is not an error's JSON", len(payload))
	}
	return &refusal{&cause}
}

// isEOF reports whether the child closed its end of a pipe, or has died.
func isEOF(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errBrokenPipe)
}
