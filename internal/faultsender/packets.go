package faultsender

import (
	"math/rand/v2"
	"slices"
	"time"

	"rung/internal/mpegts"
)

// nullPID carries packets without content (ISO/IEC 13818-1, 2.4.3.3).
const nullPID = 0x1fff

// Without leaves out the packets of PIDs for a while; to 0 means to the end. The tables go on naming them.
func Without(from, to time.Duration, pids ...int) Fault {
	return Between(from, to, each(func(p mpegts.Packet, _ time.Duration) bool { return !slices.Contains(pids, p.PID()) }))
}

// Scramble sets the scrambling control of PIDs' payloads for a while, and makes them unreadable.
func Scramble(from, to time.Duration, pids ...int) Fault {
	return Between(from, to, each(func(p mpegts.Packet, _ time.Duration) bool {
		if slices.Contains(pids, p.PID()) && p.HasPayload() {
			p[3] |= 0x80
			for i := range p.Payload() {
				p.Payload()[i] ^= byte(0x5a + 7*i)
			}
		}
		return true
	}))
}

// TransportErrors sets transport_error_indicator at a rate and damages the packet, as a demodulator in the rain does.
func TransportErrors(rate float64, seed uint64) Fault {
	hit := chance(rate, seed)
	return each(func(p mpegts.Packet, _ time.Duration) bool {
		if hit() {
			p[1] |= 0x80
			p[100] ^= 0xff
		}
		return true
	})
}

// Junk sends 1 to 400 bytes that are no packet behind packets, at a rate.
func Junk(rate float64, seed uint64) Fault {
	hit := chance(rate, seed)
	r := rand.New(rand.NewPCG(seed, 2))
	return func(s Stream) Stream {
		var out Stream
		for _, p := range s {
			out = append(out, p)
			if !hit() {
				continue
			}
			junk := make([]byte, 1+r.IntN(400))
			for i := range junk {
				junk[i] = byte(r.UintN(256))
			}
			out = append(out, Packet{At: p.At, Bytes: junk})
		}
		return out
	}
}

// Parity makes packets of 204 bytes, with room for Reed-Solomon parity behind each.
func Parity() Fault {
	return func(s Stream) Stream {
		for i, p := range s {
			s[i].Bytes = append(slices.Clone(p.Bytes), make([]byte, 16)...)
		}
		return s
	}
}

// Nulls sends n null packets behind each packet.
func Nulls(n int) Fault {
	return func(s Stream) Stream {
		null := append([]byte{0x47, nullPID >> 8, nullPID & 0xff, 0x10}, slices.Repeat([]byte{0xff}, mpegts.PacketSize-4)...)
		var out Stream
		for _, p := range s {
			out = append(out, p)
			for range n {
				out = append(out, Packet{At: p.At, Bytes: null})
			}
		}
		return out
	}
}

// renumber counts the continuity counter of PIDs anew from the first packet's on.
func renumber(s Stream, pids ...int) Stream {
	next := map[int]byte{}
	begun := map[int]bool{}
	for i := range s {
		p := mpegts.Packet(s[i].Bytes)
		if len(p) != mpegts.PacketSize || !slices.Contains(pids, p.PID()) {
			continue
		}
		pid := p.PID()
		if !begun[pid] {
			begun[pid], next[pid] = true, p.Continuity()
			if !p.HasPayload() {
				next[pid]++
			}
		}
		s[i].Bytes = slices.Clone(p)
		p = s[i].Bytes
		if !p.HasPayload() {
			p.SetContinuity(next[pid] - 1)
			continue
		}
		p.SetContinuity(next[pid])
		next[pid]++
	}
	return s
}
