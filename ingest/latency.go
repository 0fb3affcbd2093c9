package ingest

import "time"

// latencyWindow is how long the greatest delay seen is remembered, at the least.
const latencyWindow = 15 * time.Second

// latency learns how late the source is: the greatest of the delays of the last latencyWindow or two.
type latency struct {
	since             time.Time
	current, previous time.Duration
	seen              bool
}

// note takes one delay.
func (l *latency) note(d time.Duration, now time.Time) {
	switch {
	case !l.seen:
		l.since, l.current, l.previous, l.seen = now, d, d, true
	case now.Sub(l.since) >= latencyWindow:
		l.since, l.previous, l.current = now, l.current, d
	default:
		l.current = max(l.current, d)
	}
}

// value is the delay to reckon with.
func (l *latency) value() time.Duration { return max(l.current, l.previous) }
