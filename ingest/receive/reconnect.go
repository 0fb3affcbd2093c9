package receive

import (
	"context"
	"log/slog"
	"time"

	"rung"
)

// The pauses between attempts to connect: doubled after each that fails, from the first on after one that delivered.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 10 * time.Second
)

// permanent reports whether trying again is of no use until somebody changes something.
func permanent(err error) bool {
	switch rung.CodeOf(err) {
	case rung.CodeInvalid, rung.CodeForbidden, rung.CodeConflict, rung.CodeBadInput, rung.CodeUnsupported, rung.CodeEncrypted,
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

// causeOf is what a log says of an attempt's end.
func causeOf(err error) string {
	if err == nil {
		return "the sender closed the connection"
	}
	return err.Error()
}
