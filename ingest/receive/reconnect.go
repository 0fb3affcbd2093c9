package receive

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"time"

	"rung"
)

// The pauses between attempts to connect: doubled after each that fails, from the first on after one that delivered.
// The last is short, as a sender that is back is not to be off the air for want of being asked.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 2 * time.Second
)

// permanent reports whether trying again is of no use until somebody changes something.
func permanent(err error) bool {
	switch rung.CodeOf(err) {
	case rung.CodeInvalid, rung.CodeForbidden, rung.CodeBadInput, rung.CodeUnsupported, rung.CodeEncrypted,
		rung.CodeUnauthorized:
		return true
	}
	return false
}

// reconnect calls attempt, which receives until its connection ends, again and again with pauses between, until the
// context ends or attempt fails for good. A cause is logged when it is another than before.
func reconnect(ctx context.Context, o Options, c *counters, attempt func(context.Context) error) error {
	pause, said := firstPause, ""
	for {
		before := c.read(time.Time{}, 0).Packets
		err := attempt(ctx)
		c.disconnected()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if permanent(err) {
			return err
		}
		if c.read(time.Time{}, 0).Packets > before {
			pause, said = firstPause, ""
		}
		c.away(err)
		if cause := causeOf(err); cause != said {
			o.Logger.Warn("source away, connecting again", slog.String("cause", cause), slog.Duration("pause", pause))
			said = cause
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.Clock.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// networkCause leaves out what the network's errors repeat of the address, and the ephemeral port that would make each
// attempt's error another one.
func networkCause(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return err
}

// causeOf is what a log says of an attempt's end.
func causeOf(err error) string {
	if err == nil {
		return "the sender closed the connection"
	}
	return err.Error()
}
