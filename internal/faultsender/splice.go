package faultsender

import (
	"time"

	"rung/internal/mpegts"
)

// Splice gives a until a time, and then b from its beginning on, with b's clocks moved by as much: another format on the
// same timeline. b's tables have the next version. Both are to have the same PIDs and the same first time stamp.
func Splice(a Stream, at time.Duration, b Stream) Stream {
	head := a[:a.at(at)]
	b = b.With(NewVersion(0), Jump(0, int64(at/time.Microsecond)*9/100, false))
	for i := range b {
		b[i].At += at
	}
	return continued(head, b)
}

// continued puts b behind a, its continuity counters going on where a's end.
func continued(a, b Stream) Stream {
	last := map[int]byte{}
	for _, p := range a {
		q := mpegts.Packet(p.Bytes)
		last[q.PID()] = q.Continuity()
	}
	offset := map[int]byte{}
	b = each(func(p mpegts.Packet, _ time.Duration) bool {
		pid := p.PID()
		if _, known := offset[pid]; !known {
			if before, ok := last[pid]; ok {
				offset[pid] = before + 1 - p.Continuity()
				if !p.HasPayload() {
					offset[pid]--
				}
			} else {
				offset[pid] = 0
			}
		}
		p.SetContinuity(p.Continuity() + offset[pid])
		return true
	})(b)
	return append(append(Stream{}, a...), b...)
}
