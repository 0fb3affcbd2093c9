package transcode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"

	"rung"
	"rung/transcode/protocol"
)

// Engine supervises one rung-engine child. The child is started by the first request, serves one request at a time, and
// is replaced after a crash, a violation of the protocol, a request that was cut short, and MaxRequests requests. An
// Engine may be used by several goroutines; their requests wait for each other. Close it when done.
type Engine struct {
	opts EngineOptions

	// turn holds a token while a request runs: unlike a mutex, waiting for it ends with the context.
	turn   chan struct{}
	closed bool // by the holder of turn

	mu    sync.Mutex // guards child against those who only look
	child *child     // changed by the holder of turn
	ready protocol.Ready
}

// NewEngine checks the options and finds the program, without starting it. A missing program is an error of code engine.
func NewEngine(opts EngineOptions) (*Engine, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Engine{opts: opts, turn: make(chan struct{}, 1)}, nil
}

// Do runs one request: it serves the child's reads from inputs (one for each of req.Inputs), hands its outputs to output
// in pieces that are valid during the call, and returns the reply's JSON.
//
// What the child says of the request comes back as its rung.Error. When ctx ends, the child is killed and waited for,
// and the error's code is canceled or deadline; a crash or a violation of the protocol is one of code engine that names
// the signal or exit status and has the child's last words as its cause. inputs and output must themselves return soon
// after ctx has ended. An error of output kills the child and is returned as it is.
func (e *Engine) Do(ctx context.Context, req protocol.Request, inputs []io.ReaderAt, output func(name string, data []byte) error) (json.RawMessage, error) {
	if len(inputs) != len(req.Inputs) {
		return nil, rung.Errorf(rung.CodeInternal, "", "engine: %s has %d inputs, but %d are described", req.Op, len(inputs), len(req.Inputs))
	}
	if err := e.acquire(ctx); err != nil {
		return nil, err
	}
	defer e.release()
	c, err := e.start(ctx)
	if err != nil {
		return nil, err
	}
	x := exchange{conn: c.conn, inputs: inputs, output: output}
	calm := context.AfterFunc(ctx, c.kill)
	reply, err := x.run(req)
	c.served++
	alive := calm()
	if err == nil && alive {
		return reply, nil
	}
	var refused *refusal
	if errors.As(err, &refused) && alive {
		return nil, refused.cause
	}
	return e.endRequest(ctx, c, reply, err)
}

// endRequest is the way out of a request after which the child cannot go on.
func (e *Engine) endRequest(ctx context.Context, c *child, reply json.RawMessage, err error) (json.RawMessage, error) {
	var (
		refused *refusal
		foreign *outputError
	)
	if isEOF(err) {
		c.awaitExit(exitGrace)
	}
	e.drop()
	switch {
	case err == nil: // ctx ended just after the reply
		return reply, nil
	case errors.As(err, &refused):
		return nil, refused.cause
	case errors.As(err, &foreign):
		return nil, foreign.cause
	case ctx.Err() != nil:
		return nil, endError(ctx, "engine: the request")
	default:
		return nil, c.crashError(err)
	}
}

// Start starts the child unless it runs already and returns its greeting: for those who want to know its versions, or
// that it works, before the first request.
func (e *Engine) Start(ctx context.Context) (protocol.Ready, error) {
	if err := e.acquire(ctx); err != nil {
		return protocol.Ready{}, err
	}
	defer e.release()
	if _, err := e.start(ctx); err != nil {
		return protocol.Ready{}, err
	}
	return e.ready, nil
}

// Versions are those of the libraries in the child started last, by name; empty before the first.
func (e *Engine) Versions() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.ready.Versions)
}

// Figures tells of the child that runs now; zero if none does.
func (e *Engine) Figures() EngineFigures {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.child == nil {
		return EngineFigures{}
	}
	return readEngineFigures(e.child.pid)
}

// Close ends the child and returns once it is gone. It waits for a request that runs: end its context first. Requests
// after Close are errors.
func (e *Engine) Close() error {
	e.turn <- struct{}{}
	defer e.release()
	e.closed = true
	e.retire()
	return nil
}

// acquire waits for the request before this one.
func (e *Engine) acquire(ctx context.Context) error {
	if ctx.Err() != nil {
		return endError(ctx, "engine: the request")
	}
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return endError(ctx, "engine: the request")
	}
	if e.closed {
		e.release()
		return rung.Errorf(rung.CodeInternal, "", "engine: used after it was closed")
	}
	return nil
}

func (e *Engine) release() { <-e.turn }

// start gives a child that is ready, an old or a new one.
func (e *Engine) start(ctx context.Context) (*child, error) {
	if c := e.child; c != nil {
		if !c.gone() && (e.opts.MaxRequests < 0 || c.served < e.opts.MaxRequests) {
			return c, nil
		}
		e.retire()
	}
	c, err := startChild(e.opts)
	if err != nil {
		return nil, err
	}
	ready, err := c.greet(ctx, e.opts.ReadyTimeout)
	if err != nil {
		c.bury()
		return nil, err
	}
	e.mu.Lock()
	e.child, e.ready = c, ready
	e.mu.Unlock()
	e.opts.Logger.Debug("engine started", "pid", c.pid, "versions", ready.Versions, "sandbox", ready.Sandbox)
	return c, nil
}

// retire lets an idle child end by itself, and kills it if it does not.
func (e *Engine) retire() {
	if e.child == nil {
		return
	}
	e.child.hangUp()
	e.child.awaitExit(exitGrace)
	e.drop()
}

// drop kills the child, waits for it and forgets it.
func (e *Engine) drop() {
	c := e.child
	c.bury()
	e.mu.Lock()
	e.child = nil
	e.mu.Unlock()
	e.opts.Logger.Debug("engine ended", "pid", c.pid, "served", c.served, "end", c.end())
}

// endError is the error of work that its context has ended; what names the work.
func endError(ctx context.Context, what string) *rung.Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &rung.Error{Code: rung.CodeDeadline, Message: fmt.Sprintf("%s was not done by its deadline", what),
			Hint: "the node may carry too much, or the input may hang the decoder", Err: context.Cause(ctx)}
	}
	return &rung.Error{Code: rung.CodeCanceled, Message: fmt.Sprintf("%s was stopped", what), Err: context.Cause(ctx)}
}
