package transcode

import (
	"math/rand/v2"
	"slices"

	"rung/internal/mpegts"
)

// damage is a way to spoil a transport stream. It may change the stream in place, and gives what is left of it.
type damage struct {
	name string
	do   func(r *rand.Rand, stream []byte, video int) []byte
}

// damages are what networks, recorders and multiplexers do to streams, and what an attacker would.
var damages = []damage{
	{"bits flipped", func(r *rand.Rand, s []byte, _ int) []byte { return flipBits(r, s, 0, len(s)) }},
	{"bits flipped in headers", flipHeaders},
	{"bits flipped in sound", flipSound},
	{"packets lost", losePackets},
	{"packets shuffled", shufflePackets},
	{"packets doubled", doublePackets},
	{"bytes overwritten", overwrite},
	{"time stamps moved", moveTimes},
	{"cut short", func(r *rand.Rand, s []byte, _ int) []byte { return s[:r.IntN(len(s))] }},
	{"beginning gone", func(r *rand.Rand, s []byte, _ int) []byte { return s[r.IntN(len(s)):] }},
	{"NAL units shuffled", func(r *rand.Rand, s []byte, v int) []byte { return spoilUnits(r, s, v, shuffleUnits) }},
	{"NAL units lost", func(r *rand.Rand, s []byte, v int) []byte { return spoilUnits(r, s, v, loseUnits) }},
	{"NAL units doubled", func(r *rand.Rand, s []byte, v int) []byte { return spoilUnits(r, s, v, doubleUnits) }},
	{"NAL units cut", func(r *rand.Rand, s []byte, v int) []byte { return spoilUnits(r, s, v, cutUnits) }},
}

// spoil does one to three damages to a copy of a stream, as the generator chooses, and names them.
func spoil(r *rand.Rand, stream []byte, video int) (spoilt []byte, names []string) {
	spoilt = slices.Clone(stream)
	for range 1 + r.IntN(3) {
		d := damages[r.IntN(len(damages))]
		names = append(names, d.name)
		if len(spoilt) > 0 {
			spoilt = d.do(r, spoilt, video)
		}
	}
	return spoilt, names
}

// flipBits flips one bit in a hundred to one in a million of a stretch, at least one.
func flipBits(r *rand.Rand, s []byte, from, to int) []byte {
	if to <= from {
		return s
	}
	few := []int{100, 1000, 10_000, 1_000_000}[r.IntN(4)]
	for range 1 + (to-from)*8/few {
		s[from+r.IntN(to-from)] ^= 1 << r.IntN(8)
	}
	return s
}

// eachPacket gives the packets in place.
func eachPacket(s []byte, fn func(p mpegts.Packet)) {
	for ; len(s) >= mpegts.PacketSize; s = s[mpegts.PacketSize:] {
		if s[0] == 0x47 {
			fn(mpegts.Packet(s[:mpegts.PacketSize]))
		}
	}
}

// flipHeaders flips bits where they do most: in tables, PES headers, parameter sets and slice headers.
func flipHeaders(r *rand.Rand, s []byte, _ int) []byte {
	eachPacket(s, func(p mpegts.Packet) {
		if p.UnitStart() && r.IntN(4) == 0 {
			flipBits(r, p, 4, min(mpegts.PacketSize, 64))
		}
	})
	return s
}

// flipSound flips bits in all that is not video.
func flipSound(r *rand.Rand, s []byte, video int) []byte {
	eachPacket(s, func(p mpegts.Packet) {
		if p.PID() != video && r.IntN(3) == 0 {
			flipBits(r, p, 4, mpegts.PacketSize)
		}
	})
	return s
}

// losePackets drops packets, singly or in bursts.
func losePackets(r *rand.Rand, s []byte, _ int) []byte {
	burst, often := 1+r.IntN(50), 20+r.IntN(500)
	kept, gone := s[:0], 0
	for ; len(s) >= mpegts.PacketSize; s = s[mpegts.PacketSize:] {
		if gone == 0 && r.IntN(often) == 0 {
			gone = burst
		}
		if gone > 0 {
			gone--
			continue
		}
		kept = append(kept, s[:mpegts.PacketSize]...)
	}
	return kept
}

// shufflePackets swaps packets with others nearby.
func shufflePackets(r *rand.Rand, s []byte, _ int) []byte {
	n := len(s) / mpegts.PacketSize
	for range n / 8 {
		i := r.IntN(n)
		j := min(n-1, i+r.IntN(40))
		swapPackets(s, i, j)
	}
	return s
}

func swapPackets(s []byte, i, j int) {
	var kept [mpegts.PacketSize]byte
	a, b := s[i*mpegts.PacketSize:][:mpegts.PacketSize], s[j*mpegts.PacketSize:][:mpegts.PacketSize]
	copy(kept[:], a)
	copy(a, b)
	copy(b, kept[:])
}

// doublePackets sends packets twice.
func doublePackets(r *rand.Rand, s []byte, _ int) (out []byte) {
	for ; len(s) >= mpegts.PacketSize; s = s[mpegts.PacketSize:] {
		out = append(out, s[:mpegts.PacketSize]...)
		if r.IntN(30) == 0 {
			out = append(out, s[:mpegts.PacketSize]...)
		}
	}
	return out
}

// overwrite puts noise over a stretch.
func overwrite(r *rand.Rand, s []byte, _ int) []byte {
	from := r.IntN(len(s))
	for i := from; i < min(len(s), from+1+r.IntN(20_000)); i++ {
		s[i] = byte(r.Uint32())
	}
	return s
}

// moveTimes moves the clock values of some packets by anything up to the whole range.
func moveTimes(r *rand.Rand, s []byte, _ int) []byte {
	reach := int64(1) << (8 + r.IntN(26))
	eachPacket(s, func(p mpegts.Packet) {
		if r.IntN(20) == 0 {
			p.ShiftTimes(r.Int64N(2*reach) - reach)
		}
	})
	return s
}
