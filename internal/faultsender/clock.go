package faultsender

import (
	"time"

	"rung/internal/mpegts"
)

// Jump moves all of the stream's clocks (PCR, PTS, DTS) by ticks of 1/90000 s from a time on. flagged sets the
// discontinuity indicator of the first PCR that has moved.
func Jump(at time.Duration, ticks int64, flagged bool) Fault {
	return Between(at, 0, func(s Stream) Stream {
		s = each(func(p mpegts.Packet, _ time.Duration) bool {
			p.ShiftTimes(ticks)
			return true
		})(s)
		if flagged {
			s = flagPCR(s)
		}
		return s
	})
}

// JumpPCR moves the PCR alone.
func JumpPCR(at time.Duration, ticks int64, flagged bool) Fault {
	return Between(at, 0, func(s Stream) Stream {
		s = each(func(p mpegts.Packet, _ time.Duration) bool {
			if pcr, ok := p.PCR(); ok {
				p.SetPCR(pcr + ticks*300)
			}
			return true
		})(s)
		if flagged {
			s = flagPCR(s)
		}
		return s
	})
}

// RestartAtZero moves the clocks so that the first PCR behind a time is zero, as an encoder that has started again does.
func RestartAtZero(at time.Duration) Fault {
	return func(s Stream) Stream {
		for _, p := range s[s.at(at):] {
			if pcr, ok := mpegts.Packet(p.Bytes).PCR(); ok {
				return Jump(at, -pcr/300, false)(s)
			}
		}
		return s
	}
}

// flagPCR sets the discontinuity indicator of the first packet that has a PCR. Packets are copies already.
func flagPCR(s Stream) Stream {
	for _, p := range s {
		if _, ok := mpegts.Packet(p.Bytes).PCR(); ok {
			p.Bytes[5] |= 0x80
			return s
		}
	}
	return s
}
