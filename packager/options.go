package packager

import (
	"log/slog"
	"time"

	"rung"
)

// Options says what a Packager works with. All interfaces and Stores are required.
type Options struct {
	Results   Results
	Stores    Stores
	State     State
	Channels  Channels
	Timelines Timelines
	Jobs      Jobs
	Leases    Leases
	Events    Events
	Log       *slog.Logger

	// Margin is how much longer than RFC 8216, 6.2.2 asks an object is kept once it is not listed any more: for slow
	// players and caches. Zero: 30 s.
	Margin time.Duration
	// Sweep is how often a channel's folder is listed for objects that nothing refers to: those of segments that came too
	// late, or of a packager that was killed. Zero: 30 min.
	Sweep time.Duration
}

// withDefaults validates, and fills in the defaults.
func (o Options) withDefaults() (Options, error) {
	if o.Results == nil || o.Stores == nil || o.State == nil || o.Channels == nil || o.Timelines == nil || o.Jobs == nil || o.Leases == nil || o.Events == nil {
		return o, rung.Errorf(rung.CodeInternal, "give the packager all it works with", "the packager lacks one of its interfaces")
	}
	if o.Margin < 0 || o.Sweep < 0 {
		return o, rung.Errorf(rung.CodeInvalid, "give durations of at least 0", "packager: margin %s and sweep %s", o.Margin, o.Sweep)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Margin == 0 {
		o.Margin = 30 * time.Second
	}
	if o.Sweep == 0 {
		o.Sweep = 30 * time.Minute
	}
	return o, nil
}
