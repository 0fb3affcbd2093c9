package ingest

import (
	"context"
	"sync"
	"time"

	"rung"
)

// reconnectTime is how long after a receiver has given up another is made.
const reconnectTime = time.Second

// connection keeps a channel's source connected: a receiver is run once, so there is a new one after each that gave up.
type connection struct {
	receivers Receivers
	source    rung.Source

	mu       sync.Mutex
	receiver Receiver
}

// open makes the next receiver. An error says that the source cannot be received as it is described.
func (c *connection) open() error {
	r, err := c.receivers(c.source)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.receiver = r
	c.mu.Unlock()
	return nil
}

// figures are the current receiver's.
func (c *connection) figures() rung.SourceFigures {
	c.mu.Lock()
	r := c.receiver
	c.mu.Unlock()
	if r == nil {
		return rung.SourceFigures{}
	}
	return r.Figures()
}

// cause is why nothing arrives, as far as the current receiver knows it.
func (c *connection) cause() error {
	c.mu.Lock()
	r := c.receiver
	c.mu.Unlock()
	if r == nil {
		return nil
	}
	return r.Cause()
}

// run receives until the context ends or the source has come to its end (nil), or cannot be received. trouble gets the
// errors after which it connects again.
func (c *connection) run(ctx context.Context, sink func(packets []byte, arrived time.Time), trouble func(error)) error {
	for {
		err := c.receiver.Run(ctx, sink)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil || lasting(err) {
			return err
		}
		trouble(err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(reconnectTime):
		}
		if err := c.open(); err != nil {
			return err
		}
	}
}

// lasting reports whether another try would give the same error.
func lasting(err error) bool {
	switch rung.CodeOf(err) {
	case rung.CodeInvalid, rung.CodeForbidden, rung.CodeUnauthorized, rung.CodeUnsupported, rung.CodeBadInput, rung.CodeEncrypted, rung.CodeNotFound:
		return true
	}
	return false
}
