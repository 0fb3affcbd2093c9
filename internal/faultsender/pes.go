package faultsender

import (
	"encoding/binary"
	"slices"
	"time"

	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// pesPacket is one PES packet of a stream.
type pesPacket struct {
	at           time.Duration
	index        int // in the stream without the PID's packets
	header, data []byte
	random       bool
}

// repack takes the PES packets of a PID apart, has them made anew, and sends them where those before them began. PCRs stay
// where they were, in packets of their own. perPacket bounds the payload of a transport packet; 0: as much as fits.
func repack(pid, perPacket int, change func([]pesPacket) []pesPacket) Fault {
	return func(s Stream) Stream {
		units, rest := takeApart(s, pid)
		var mux mpegtest.Muxer
		made := change(units)
		packets := make([]Stream, len(made))
		for i, u := range made {
			before := len(mux.Bytes())
			writePES(&mux, pid, perPacket, u)
			for b := mux.Bytes()[before:]; len(b) > 0; b = b[mpegts.PacketSize:] {
				packets[i] = append(packets[i], Packet{At: u.at, Bytes: b[:mpegts.PacketSize:mpegts.PacketSize]})
			}
		}
		return renumber(merged(rest, made, packets), pid)
	}
}

// merged puts the packets of PES packets where those before them began.
func merged(rest Stream, made []pesPacket, packets []Stream) Stream {
	var out Stream
	from := 0
	for i, u := range made {
		out = append(out, rest[from:u.index]...)
		out = append(out, packets[i]...)
		from = u.index
	}
	return append(out, rest[from:]...)
}

// takeApart gives the whole PES packets of a PID, and the stream without them but with the PID's PCRs.
func takeApart(s Stream, pid int) (units []pesPacket, rest Stream) {
	for _, p := range s {
		packet := mpegts.Packet(p.Bytes)
		if len(packet) != mpegts.PacketSize || packet.PID() != pid {
			rest = append(rest, p)
			continue
		}
		if _, ok := packet.PCR(); ok {
			rest = append(rest, Packet{At: p.At, Bytes: fieldAlone(packet, packet.Adaptation()[:7])})
		}
		payload := packet.Payload()
		if packet.UnitStart() {
			h, _ := mpegts.ParsePESHeader(payload)
			units = append(units, pesPacket{at: p.At, index: len(rest), header: slices.Clone(payload[:h.Size]), random: packet.RandomAccess()})
			payload = payload[h.Size:]
		}
		if n := len(units); n > 0 {
			units[n-1].data = append(units[n-1].data, payload...)
		}
	}
	return units, rest
}

func writePES(mux *mpegtest.Muxer, pid, perPacket int, u pesPacket) {
	b := slices.Concat(u.header, u.data)
	fields := mpegtest.Fields{PCR: -1, RandomAccess: u.random}
	for start := true; len(b) > 0; start = false {
		n := len(b)
		if perPacket > 0 {
			n = min(n, perPacket)
		}
		left := mux.Packet(pid, start, fields, b[:n])
		b = b[n-len(left):]
		fields = mpegtest.NoFields
	}
}

// setLength writes PES_packet_length; 0 where it is not told.
func (u *pesPacket) setLength(told bool) {
	n := 0
	if told {
		n = len(u.header) + len(u.data) - 6
	}
	if n > 0xffff {
		n = 0
	}
	binary.BigEndian.PutUint16(u.header[4:], uint16(n))
}

// PESLength tells the PES packets' length, or not (0, as only video's may be).
func PESLength(pid int, told bool) Fault {
	return repack(pid, 0, func(units []pesPacket) []pesPacket {
		for i := range units {
			units[i].setLength(told)
		}
		return units
	})
}

// PESOverManyPackets puts so few bytes of PES packets into each transport packet that even their headers take several.
func PESOverManyPackets(pid, bytes int) Fault {
	return repack(pid, bytes, func(units []pesPacket) []pesPacket { return units })
}

// FramesPerPES joins n PES packets into one, with the time stamps of the first.
func FramesPerPES(pid, n int) Fault {
	return repack(pid, 0, func(units []pesPacket) []pesPacket {
		var out []pesPacket
		for group := range slices.Chunk(units, n) {
			u := group[0]
			for _, more := range group[1:] {
				u.data = slices.Concat(u.data, more.data)
			}
			u.at, u.index = group[len(group)-1].at, group[len(group)-1].index // no frame is sent before it is there
			u.setLength(true)
			out = append(out, u)
		}
		return out
	})
}

// PESPerFrame spreads each PES packet over n, of which only the first has time stamps.
func PESPerFrame(pid, n int) Fault {
	return repack(pid, 0, func(units []pesPacket) []pesPacket {
		var out []pesPacket
		for _, u := range units {
			size := (len(u.data) + n - 1) / n
			for i, piece := range slices.Collect(slices.Chunk(u.data, max(1, size))) {
				v := pesPacket{at: u.at, index: u.index, header: u.header, data: piece, random: u.random && i == 0}
				if i > 0 {
					v.header = append(slices.Clone(u.header[:6]), 0x80, 0, 0)
				}
				v.header = slices.Clone(v.header)
				v.setLength(true)
				out = append(out, v)
			}
		}
		return out
	})
}
