package mpegts

import "time"

// meter measures a stream as ETSI TR 101 290 does: on the arrival clock where the caller gives it, else on the PCR.
type meter struct {
	packets         int64
	transportErrors int64
	scrambled       int64
	pcrMissing      int64

	now      time.Duration // on the clock in use
	start    time.Time     // of the arrival clock; zero: the PCR is the clock
	pat, pmt watch
	pcr      watch // only for a PCR that stays away: its repetition is measured by its own values

	windowStart   time.Duration
	windowPackets int64 // packets at its start
	bitRate       int64
}

// The limits of TR 101 290 for first (1.3.a, 1.5.a) and second (2.3.a) priority.
const (
	tableLimit = 500 * time.Millisecond
	pcrLimit   = 100 * time.Millisecond
	// pcrAway is when a PCR counts as missing by arrival: well over what the network may hold packets back.
	pcrAway = time.Second
)

// rateWindow is how long bit rates are measured.
const rateWindow = time.Second

// watch sees that something comes again in time.
type watch struct {
	armed   bool
	missing bool // and has been counted
	last    time.Duration
	count   int64
}

func (w *watch) seen(now time.Duration) { w.armed, w.missing, w.last = true, false, now }

// check counts once each time that nothing came for longer than limit.
func (w *watch) check(now, limit time.Duration) {
	if w.armed && !w.missing && now-w.last > limit {
		w.missing = true
		w.count++
	}
}

// arrive moves the arrival clock on.
func (m *meter) arrive(now time.Time, pids []*pidState) {
	if m.start.IsZero() {
		m.start, m.now, m.windowStart, m.windowPackets = now, 0, 0, m.packets
		m.pat.seen(0) // it is due from now on
	}
	m.tick(now.Sub(m.start), pids)
	m.pcr.check(m.now, pcrAway)
}

// pcrSeen notes a PCR; elapsed is the program's time so far in 1/27000000 s.
func (m *meter) pcrSeen(elapsed int64, pids []*pidState) {
	if m.start.IsZero() {
		m.tick(time.Duration(elapsed)*1000/27, pids)
	}
	m.pcr.seen(m.now)
}

// pcrStep counts a PCR that came too late by its own values.
func (m *meter) pcrStep(step int64) {
	if time.Duration(step)*1000/27 > pcrLimit && !m.pcr.missing {
		m.pcrMissing++
	}
}

func (m *meter) patSeen() { m.pat.seen(m.now) }
func (m *meter) pmtSeen() { m.pmt.seen(m.now) }

// tick moves the clock in use to now, looks for what has not come, and measures rates once a window is over.
func (m *meter) tick(now time.Duration, pids []*pidState) {
	m.now = now
	m.pat.check(now, tableLimit)
	m.pmt.check(now, tableLimit)
	span := now - m.windowStart
	if span < rateWindow {
		return
	}
	rate := func(packets int64) int64 {
		return packets * PacketSize * 8 * int64(time.Second/1000) / (int64(span) / 1000)
	}
	m.bitRate = rate(m.packets - m.windowPackets)
	m.windowStart, m.windowPackets = now, m.packets
	for _, s := range pids {
		s.bitRate = rate(s.packets - s.counted)
		s.counted = s.packets
	}
}
