package faultsender

import (
	"slices"
	"time"

	"rung/internal/mpegts"
)

// Packet is bytes that are sent together: a transport packet, or a datagram of several.
type Packet struct {
	At    time.Duration // from the stream's beginning
	Bytes []byte
}

// Stream is packets in the order in which they are sent.
type Stream []Packet

// Fault makes another stream of one. It may change the slice, and the bytes of packets by putting copies in their place.
type Fault func(Stream) Stream

// pcrRate is PCR's clock, in Hz (ISO/IEC 13818-1, 2.4.2.2).
const pcrRate = 27_000_000

// Read takes a transport stream apart and times its packets by its own clock: PCR, wherever it comes, and evenly between
// two. What lies behind the last PCR is sent at once.
func Read(ts []byte) Stream {
	var s Stream
	var clock, last int64
	begun, since := false, 0
	for ; len(ts) >= mpegts.PacketSize; ts = ts[mpegts.PacketSize:] {
		p := mpegts.Packet(ts[:mpegts.PacketSize:mpegts.PacketSize])
		if pcr, ok := p.PCR(); ok {
			before := clock
			if begun {
				clock += (pcr - last + wrapPCR) % wrapPCR
			}
			spread(s[since:], before, clock)
			begun, last, since = true, pcr, len(s)
		}
		s = append(s, Packet{At: ofPCR(clock), Bytes: p})
	}
	return s
}

// wrapPCR is where PCR begins again.
const wrapPCR = 1 << 33 * 300

func ofPCR(ticks int64) time.Duration {
	return time.Duration(ticks/pcrRate)*time.Second + time.Duration(ticks%pcrRate)*time.Second/pcrRate
}

// spread times packets evenly from one clock value to the next.
func spread(s Stream, from, to int64) {
	for i := range s {
		s[i].At = ofPCR(from + (to-from)*int64(i)/int64(len(s)))
	}
}

// With gives the stream with faults, one after the other. The stream itself stays as it is.
func (s Stream) With(faults ...Fault) Stream {
	out := slices.Clone(s)
	for _, f := range faults {
		out = f(out)
	}
	return out
}

// Bytes is all that is sent.
func (s Stream) Bytes() []byte {
	var b []byte
	for _, p := range s {
		b = append(b, p.Bytes...)
	}
	return b
}

// End is when the last packet is sent.
func (s Stream) End() time.Duration {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].At
}

// Between limits a fault to what is sent in [from, to); to 0 means the end. What the fault makes stays where it was.
func Between(from, to time.Duration, f Fault) Fault {
	return func(s Stream) Stream {
		a := s.at(from)
		b := len(s)
		if to > 0 {
			b = s.at(to)
		}
		middle := f(slices.Clone(s[a:b]))
		return slices.Concat(s[:a], middle, s[b:])
	}
}

// at is the index of the first packet that is sent at or after a time.
func (s Stream) at(t time.Duration) int {
	i := slices.IndexFunc(s, func(p Packet) bool { return p.At >= t })
	if i < 0 {
		return len(s)
	}
	return i
}

// each calls edit with a copy of every whole transport packet, which may change it; false drops it.
func each(edit func(p mpegts.Packet, at time.Duration) bool) Fault {
	return func(s Stream) Stream {
		out := s[:0]
		for _, p := range s {
			if len(p.Bytes) == mpegts.PacketSize {
				p.Bytes = slices.Clone(p.Bytes)
				if !edit(p.Bytes, p.At) {
					continue
				}
			}
			out = append(out, p)
		}
		return out
	}
}
