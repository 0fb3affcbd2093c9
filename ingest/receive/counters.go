package receive

import (
	"sync"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// counters are a receiver's figures, shared between its goroutine and those that ask.
type counters struct {
	mu      sync.Mutex
	figures rung.SourceFigures
	last    time.Time // when packets arrived last
	window  rateWindow
	cause   error // why the source is away
	junk    int   // bytes since the last packet
}

// Cause implements Receiver for the receivers that count here.
func (c *counters) Cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// away notes why the source is away.
func (c *counters) away(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cause = cause
}

// received counts packets that arrived, and marks the source connected.
func (c *counters) received(packets []byte, arrived time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = arrived
	c.figures.Bytes += int64(len(packets))
	c.figures.Packets += int64(len(packets) / mpegts.PacketSize)
	if rate, ok := c.window.add(len(packets), arrived); ok {
		c.figures.BitRate = rate
	}
	c.cause, c.junk = nil, 0
	if !c.figures.Connected {
		c.figures.Connected, c.figures.Since = true, arrived
	}
}

// datagramJunk is how much in datagrams without a single packet is no transport stream.
const datagramJunk = 64 << 10

// rejected counts bytes of a datagram that brought no packet. After enough of them, what arrives is the cause why the
// source is away.
func (c *counters) rejected(bytes int, expected string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.junk += bytes; c.junk >= datagramJunk && c.cause == nil {
		c.cause = rung.Errorf(rung.CodeBadInput, "have the sender send MPEG-TS with packets of 188 or 204 bytes",
			"datagrams arrive, but they are not %s", expected)
	}
}

// counted counts what goes to a sink.
func (c *counters) counted(sink func([]byte, time.Time)) func([]byte, time.Time) {
	return func(packets []byte, arrived time.Time) {
		c.received(packets, arrived)
		sink(packets, arrived)
	}
}

// syncLosses sets how often packets were followed by something else.
func (c *counters) syncLosses(n int64) { c.change(func(f *rung.SourceFigures) { f.SyncLosses = n }) }

// disconnected marks the source away.
func (c *counters) disconnected() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.figures.Connected, c.figures.Since, c.figures.BitRate = false, time.Time{}, 0
}

// change changes the figures.
func (c *counters) change(f func(*rung.SourceFigures)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.figures)
}

// read gives the figures. silence, where it is not zero, is how long a source without connections may be silent and
// still be called connected.
func (c *counters) read(now time.Time, silence time.Duration) rung.SourceFigures {
	c.mu.Lock()
	defer c.mu.Unlock()
	if silence > 0 && c.figures.Connected && now.Sub(c.last) > silence {
		c.figures.Connected, c.figures.Since, c.figures.BitRate = false, time.Time{}, 0
	}
	return c.figures
}

// rateWindow measures a bit rate over a second of arrivals at a time.
type rateWindow struct {
	start time.Time
	bytes int64
}

// add counts bytes; once a second it gives the rate in bit/s.
func (w *rateWindow) add(bytes int, now time.Time) (int64, bool) {
	if w.start.IsZero() {
		w.start = now
	}
	w.bytes += int64(bytes)
	span := now.Sub(w.start)
	if span < time.Second {
		return 0, false
	}
	rate := w.bytes * 8 * 1000 / max(1, span.Milliseconds())
	w.start, w.bytes = now, 0
	return rate, true
}
