package mediatest

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// packetSize is a transport packet's length (ISO/IEC 13818-1), and perDatagram how many go into one datagram.
const (
	packetSize  = 188
	perDatagram = 7
)

// Send writes a transport stream's packets at the pace of its own clock (PCR), perDatagram at a time, as a contribution
// encoder does.
func Send(ctx context.Context, ts []byte, w io.Writer) error {
	_, err := SendTimed(ctx, ts, w)
	return err
}

// SendTimed is Send, and reports by how much the latest datagram was late: on a machine that is too busy to send in time the
// receiver sees a source that stops.
func SendTimed(ctx context.Context, ts []byte, w io.Writer) (late time.Duration, err error) {
	var begin time.Time
	var first uint64
	timer := time.NewTimer(0)
	defer timer.Stop()
	for len(ts) > 0 {
		n := min(len(ts), perDatagram*packetSize)
		for p := ts[:n]; len(p) >= packetSize; p = p[packetSize:] {
			pcr, ok := pcrOf(p)
			if !ok {
				continue
			}
			if begin.IsZero() {
				begin, first = time.Now(), pcr
			}
			ahead := time.Duration((pcr-first)&(1<<33-1)) * time.Second / 90000
			timer.Reset(time.Until(begin.Add(ahead)))
			select {
			case <-ctx.Done():
				return late, ctx.Err()
			case <-timer.C:
			}
			late = max(late, time.Since(begin.Add(ahead)))
		}
		if _, err := w.Write(ts[:n]); err != nil {
			return late, fmt.Errorf("sending: %w", err)
		}
		ts = ts[n:]
	}
	return late, nil
}

// pcrOf is the packet's clock reference in 1/90000 s, where it has one.
func pcrOf(p []byte) (uint64, bool) {
	if p[0] != 0x47 || p[3]&0x20 == 0 || p[4] < 7 || p[5]&0x10 == 0 {
		return 0, false
	}
	return uint64(binary.BigEndian.Uint32(p[6:]))<<1 | uint64(p[10]>>7), true
}
