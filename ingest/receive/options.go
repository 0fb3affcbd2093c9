package receive

import (
	"log/slog"
	"time"
)

// Options are what receivers need beside their source.
type Options struct {
	Logger *slog.Logger // nil: silent
	Feed   Feed         // nil: only transport streams can be read
	// AllowPrivate lets http(s) and SRT callers connect to loopback, link-local and private addresses.
	AllowPrivate bool
	Clock        Clock // nil: the system's
}

// Clock is time as receivers see it; tests bring their own.
type Clock interface {
	Now() time.Time
	// After is time.After.
	After(d time.Duration) <-chan time.Time
}

// systemClock is the real one.
type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// withDefaults fills in what is not set.
func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	return o
}
