package faultsender

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"
)

// perDatagram is how many transport packets a datagram holds.
const perDatagram = 7

// UDP puts seven packets into each datagram.
func UDP() Fault {
	return func(s Stream) Stream {
		var out Stream
		for chunk := range slices.Chunk(s, perDatagram) {
			out = append(out, Packet{At: chunk[len(chunk)-1].At, Bytes: chunk.Bytes()})
		}
		return out
	}
}

// RTP puts seven packets into each datagram, behind an RTP header (RFC 3550, payload type 33: MP2T, RFC 2250). first is
// the first sequence number.
func RTP(first uint16) Fault {
	return func(s Stream) Stream {
		out := UDP()(s)
		for i := range out {
			h := make([]byte, 12, 12+len(out[i].Bytes))
			h[0], h[1] = 0x80, 33
			binary.BigEndian.PutUint16(h[2:], first+uint16(i))
			binary.BigEndian.PutUint32(h[4:], uint32(out[i].At*9/100_000))
			binary.BigEndian.PutUint32(h[8:], 0x66617578)
			out[i].Bytes = append(h, out[i].Bytes...)
		}
		return out
	}
}

// chance gives a generator of yes and no, yes at a rate.
func chance(rate float64, seed uint64) func() bool {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	return func() bool { return r.Float64() < rate }
}

// Lose loses packets at a rate from 0 to 1.
func Lose(rate float64, seed uint64) Fault {
	hit := chance(rate, seed)
	return func(s Stream) Stream { return slices.DeleteFunc(s, func(Packet) bool { return hit() }) }
}

// Double sends packets twice, at a rate.
func Double(rate float64, seed uint64) Fault {
	hit := chance(rate, seed)
	return func(s Stream) Stream {
		var out Stream
		for _, p := range s {
			out = append(out, p)
			if hit() {
				out = append(out, p)
			}
		}
		return out
	}
}

// Reorder sends packets behind the next 1 to most, at a rate.
func Reorder(rate float64, most int, seed uint64) Fault {
	hit := chance(rate, seed)
	far := rand.New(rand.NewPCG(seed, 1))
	return func(s Stream) Stream {
		for i := 0; i+most < len(s); i++ {
			if !hit() {
				continue
			}
			n := 1 + far.IntN(most)
			late := s[i]
			copy(s[i:i+n], s[i+1:i+n+1])
			late.At = s[i+n-1].At
			s[i+n] = late
			i += n
		}
		return s
	}
}

// Burst loses all that is sent in a stretch of time.
func Burst(at, length time.Duration) Fault {
	return Between(at, at+length, func(Stream) Stream { return nil })
}

// Pause sends nothing for a while, and all that follows so much later: a source that stands still.
func Pause(at, length time.Duration) Fault {
	return Between(at, 0, func(s Stream) Stream {
		for i := range s {
			s[i].At += length
		}
		return s
	})
}

// ClockDrift sends at the pace of a clock that is so many millionths slow against the receiver's: what the stream calls
// a second takes as much longer.
func ClockDrift(ppm int64) Fault {
	return func(s Stream) Stream {
		for i := range s {
			s[i].At += s[i].At / 1_000_000 * time.Duration(ppm)
		}
		return s
	}
}
