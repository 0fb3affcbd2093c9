// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"

	"rung"
	"rung/transcode/protocol"
)

// Options say how Serve behaves.
type Options struct {
	// Sandbox names what holds the process, for the greeting; see Sandbox.Apply. None: nothing does.
	Sandbox []string
	// Log takes failures that the parent is not told in full. nil: none are logged.
	Log *slog.Logger
}

// Serve greets the parent and serves its requests, one after another, until it closes r: then it returns nil, as it does
// when the pipes break in the middle of a request, for the parent has gone. Any other error is a violation of the protocol
// by the parent, after which nothing more can be said.
//
// Serve does not recover from panics: what a request left half done in C cannot be cleaned up, so the process ends, and
// the parent, which sees that, starts another.
func Serve(r io.Reader, w io.Writer, o Options) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	quietLibraries()
	oneHeap()
	conn := protocol.NewConn(r, w)
	greeting := protocol.Ready{
		Version:  protocol.Version,
		Versions: Versions(),
		Encoders: Encoders(),
		Sandbox:  o.Sandbox,
		PID:      os.Getpid(),
	}
	err := conn.WriteJSON(protocol.MsgReady, greeting)
	for err == nil {
		err = serveOne(conn, o.Log)
	}
	if parentGone(err) {
		return nil
	}
	return err
}

// serveOne waits for a request, serves it and sends how it ended.
func serveOne(conn *protocol.Conn, log *slog.Logger) error {
	t, payload, err := conn.Read()
	if err != nil {
		return err
	}
	if t != protocol.MsgRequest {
		return fmt.Errorf("engine protocol: message %d came where a request was due", t)
	}
	var req protocol.Request
	if err := json.Unmarshal(payload, &req); err != nil {
		return fmt.Errorf("engine protocol: request is not JSON: %w", err)
	}
	rio := &parentIO{conn: conn, inputs: req.Inputs}
	reply, err := serve(rio, req)
	if rio.broken != nil {
		return rio.broken
	}
	if err != nil {
		return fail(conn, log, req.Op, err)
	}
	done, err := json.Marshal(reply)
	if err != nil {
		return err
	}
	if len(done) > protocol.MaxPayload {
		return fail(conn, log, req.Op, rung.Errorf(rung.CodeUnsupported, "cut the source into shorter pieces",
			"the reply to operation %q takes %d bytes, more than a message's %d", req.Op, len(done), protocol.MaxPayload))
	}
	return conn.Write(protocol.MsgDone, done)
}

// fail sends how a request failed. What is not safe to show stays here, in the log: of a refusal, which the parent is told
// in full and logs itself, only for those who look closely.
func fail(conn *protocol.Conn, log *slog.Logger, op protocol.Operation, err error) error {
	e := rung.AsError(err)
	level := slog.LevelDebug
	if e.Code == rung.CodeInternal {
		level = slog.LevelWarn
	}
	if e.Err != nil || e.Code == rung.CodeInternal {
		log.Log(context.Background(), level, "request failed", "operation", string(op), "code", string(e.Code), "error", err)
	}
	return conn.WriteJSON(protocol.MsgFailed, e)
}

// parentGone reports whether err only says that the other ends of the pipes are closed.
func parentGone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, os.ErrClosed) || errors.Is(err, syscall.EPIPE)
}
