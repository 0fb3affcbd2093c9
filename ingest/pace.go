package ingest

import "time"

const (
	// paceWindow is how long the least delay is looked for: the one packet that nothing has held back.
	paceWindow = 30 * time.Second
	// paceLeast and paceMost are how many windows a drift is told from.
	paceLeast = 11 // 5 minutes
	paceMost  = 21 // 10 minutes
)

// pace measures how fast a source's clock runs against ours, by how late its pictures and sound come at the earliest.
type pace struct {
	windows []paceSample
	current paceSample
	begun   time.Time
}

// paceSample is the least delay of a window, and when it was seen.
type paceSample struct {
	at    time.Time
	delay time.Duration
}

// reset begins anew: the source's clock is another.
func (p *pace) reset() { *p = pace{} }

// note takes how much later than by the timeline something came.
func (p *pace) note(delay time.Duration, now time.Time) {
	switch {
	case p.begun.IsZero():
		p.begun, p.current = now, paceSample{now, delay}
	case now.Sub(p.begun) >= paceWindow:
		p.windows = append(p.windows, p.current)
		if len(p.windows) > paceMost {
			p.windows = append(p.windows[:0], p.windows[1:]...)
		}
		p.begun, p.current = now, paceSample{now, delay}
	case delay < p.current.delay:
		p.current = paceSample{now, delay}
	}
}

// least is the least delay of late; false where there is none yet.
func (p *pace) least() (time.Duration, bool) {
	if n := len(p.windows); n > 0 { // the current window may be a moment old
		return min(p.current.delay, p.windows[n-1].delay), true
	}
	return p.current.delay, !p.begun.IsZero()
}

// drift is by how many millionths the source's clock is slow (fast, where negative), and the delay that has gathered over
// how long. known is false until enough has been seen.
func (p *pace) drift() (ppm int64, later, over time.Duration, known bool) {
	if len(p.windows) < paceLeast {
		return 0, 0, 0, false
	}
	first, last := p.windows[0], p.windows[len(p.windows)-1]
	later, over = last.delay-first.delay, last.at.Sub(first.at)
	return int64(later) * 1_000_000 / int64(over), later, over, true
}
