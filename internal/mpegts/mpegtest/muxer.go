// Package mpegtest makes transport streams for tests, packet by packet: small ones that are right, and ones that are
// wrong in a chosen way. It does not use what it tests.
package mpegtest

import "encoding/binary"

// PacketSize is the length of a transport packet.
const PacketSize = 188

// Muxer writes transport packets with right continuity counters. The zero value is ready.
type Muxer struct {
	buf []byte
	cc  [8192]byte
}

// Bytes is the stream so far.
func (m *Muxer) Bytes() []byte { return m.buf }

// Packets is how many packets the stream has so far.
func (m *Muxer) Packets() int { return len(m.buf) / PacketSize }

// Skip leaves out n continuity counter values of a PID, as if packets had been lost.
func (m *Muxer) Skip(pid, n int) { m.cc[pid] += byte(n) }

// Fields are what a packet's adaptation field says; PCR is in 1/27000000 s and -1 for none.
type Fields struct {
	PCR           int64
	RandomAccess  bool
	Discontinuity bool
}

// NoFields is no adaptation field, unless the payload is short.
var NoFields = Fields{PCR: -1}

// adaptation is the field's bytes behind its length; nil if it says nothing.
func (f Fields) adaptation() []byte {
	var flags byte
	if f.Discontinuity {
		flags |= 0x80
	}
	if f.RandomAccess {
		flags |= 0x40
	}
	if f.PCR >= 0 {
		flags |= 0x10
	}
	if flags == 0 {
		return nil
	}
	b := []byte{flags}
	if f.PCR >= 0 {
		base, ext := f.PCR/300&(1<<33-1), f.PCR%300
		b = binary.BigEndian.AppendUint32(b, uint32(base>>1))
		b = append(b, byte(base&1)<<7|0x7e|byte(ext>>8), byte(ext))
	}
	return b
}

// Packet writes one packet with as much of payload as fits, and gives the rest.
func (m *Muxer) Packet(pid int, start bool, f Fields, payload []byte) []byte {
	head := [4]byte{0x47, byte(pid >> 8), byte(pid), m.cc[pid] & 0xf}
	if start {
		head[1] |= 0x40
	}
	a := f.adaptation()
	room := PacketSize - 4
	if len(a) > 0 {
		room -= 1 + len(a)
	}
	n := min(len(payload), room)
	if n > 0 {
		head[3] |= 0x10
		m.cc[pid]++
	} else {
		head[3] = head[3]&0xf0 | (m.cc[pid]-1)&0xf // a packet without payload repeats the counter
	}
	if len(a) == 0 && n == room {
		m.buf = append(append(m.buf, head[:]...), payload[:n]...)
		return payload[n:]
	}
	head[3] |= 0x20
	m.buf = append(m.buf, head[:]...)
	length := PacketSize - 5 - n
	m.buf = append(m.buf, byte(length))
	if length > 0 && len(a) == 0 {
		a = []byte{0}
	}
	m.buf = append(m.buf, a...)
	for i := len(a); i < length; i++ {
		m.buf = append(m.buf, 0xff)
	}
	m.buf = append(m.buf, payload[:n]...)
	return payload[n:]
}

// Null writes a packet without content.
func (m *Muxer) Null() {
	p := [PacketSize]byte{0x47, 0x1f, 0xff, 0x10}
	m.buf = append(m.buf, p[:]...)
}

// PES writes a PES packet. A negative pts writes none, and a dts equal to pts is left out. bounded sets its length.
func (m *Muxer) PES(pid int, streamID byte, pts, dts int64, bounded bool, f Fields, payload []byte) {
	b := PESHeader(streamID, pts, dts)
	b = append(b, payload...)
	if bounded {
		binary.BigEndian.PutUint16(b[4:], uint16(len(b)-6))
	}
	rest := m.Packet(pid, true, f, b)
	for len(rest) > 0 {
		rest = m.Packet(pid, false, NoFields, rest)
	}
}

// PESHeader is the header of a PES packet of no told length.
func PESHeader(streamID byte, pts, dts int64) []byte {
	b := []byte{0, 0, 1, streamID, 0, 0, 0x80, 0, 0}
	switch {
	case pts < 0:
	case dts == pts:
		b[7], b[8] = 0x80, 5
		b = appendStamp(b, 2, pts)
	default:
		b[7], b[8] = 0xc0, 10
		b = appendStamp(appendStamp(b, 3, pts), 1, dts)
	}
	return b
}

func appendStamp(b []byte, prefix byte, t int64) []byte {
	t &= 1<<33 - 1
	return append(b, prefix<<4|byte(t>>29)&0x0e|1, byte(t>>22), byte(t>>14)|1, byte(t>>7), byte(t<<1)|1)
}
