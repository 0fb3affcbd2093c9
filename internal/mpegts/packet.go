package mpegts

import "encoding/binary"

// Packet is one transport packet of PacketSize bytes (ISO/IEC 13818-1, 2.4.3.2). Its methods read and change the bytes
// in place and never fail: a field that a broken packet lacks reads as absent.
type Packet []byte

// PID is the packet identifier.
func (p Packet) PID() int { return int(p[1]&0x1f)<<8 | int(p[2]) }

// TransportError reports transport_error_indicator: a demodulator found bit errors it could not correct.
func (p Packet) TransportError() bool { return p[1]&0x80 != 0 }

// UnitStart reports payload_unit_start_indicator: a PES packet or a section begins in this packet.
func (p Packet) UnitStart() bool { return p[1]&0x40 != 0 }

// Scrambled reports whether the payload is encrypted.
func (p Packet) Scrambled() bool { return p[3]&0xc0 != 0 }

// HasPayload reports whether the adaptation field control announces a payload.
func (p Packet) HasPayload() bool { return p[3]&0x10 != 0 }

// Continuity is the continuity counter, 0 to 15.
func (p Packet) Continuity() uint8 { return p[3] & 0x0f }

// SetContinuity changes the continuity counter to the low four bits of cc.
func (p Packet) SetContinuity(cc uint8) { p[3] = p[3]&0xf0 | cc&0x0f }

// Adaptation is the adaptation field without its length byte; nil if there is none or it has no byte.
func (p Packet) Adaptation() []byte {
	if p[3]&0x20 == 0 || p[4] == 0 {
		return nil
	}
	return p[5:min(5+int(p[4]), PacketSize)]
}

// Payload is what follows the adaptation field; nil if there is none.
func (p Packet) Payload() []byte {
	if p[3]&0x10 == 0 {
		return nil
	}
	if p[3]&0x20 == 0 {
		return p[4:PacketSize]
	}
	if n := 5 + int(p[4]); n < PacketSize {
		return p[n:PacketSize]
	}
	return nil
}

// Discontinuity reports discontinuity_indicator: the clock or the continuity counter starts anew here.
func (p Packet) Discontinuity() bool {
	a := p.Adaptation()
	return a != nil && a[0]&0x80 != 0
}

// RandomAccess reports random_access_indicator. Many multiplexers never set it and some set it wrongly.
func (p Packet) RandomAccess() bool {
	a := p.Adaptation()
	return a != nil && a[0]&0x40 != 0
}

// ClearDiscontinuity clears discontinuity_indicator where there is one.
func (p Packet) ClearDiscontinuity() {
	if a := p.Adaptation(); a != nil {
		a[0] &^= 0x80
	}
}

// DropPayload turns the packet into one with an adaptation field alone, as multiplexers send to keep the clock going.
// It keeps the fields of the adaptation field that it has; one that has none stays as it is.
func (p Packet) DropPayload() {
	if p[3]&0x20 == 0 || p[4] == 0 {
		return
	}
	p.clearShort()
	p[1] &^= 0x40
	p[3] &^= 0x10
	for i := 5 + int(p[4]); i < PacketSize; i++ {
		p[i] = 0xff
	}
	p[4] = PacketSize - 5
}

// clearShort clears the flags of fields that the adaptation field is too short for: in a longer one they would read its
// stuffing.
func (p Packet) clearShort() {
	a := p.Adaptation()
	at := 1
	for _, flag := range []byte{0x10, 0x08, 0x04, 0x02, 0x01} { // PCR, OPCR, splice countdown, private data, extension
		if a[0]&flag == 0 {
			continue
		}
		size := 1
		switch {
		case flag >= 0x08:
			size = 6
		case flag <= 0x02 && at < len(a):
			size = 1 + int(a[at])
		}
		if at+size > len(a) {
			a[0] &^= flag | (flag - 1)
			return
		}
		at += size
	}
}

// PCR is the program clock reference in 1/27000000 s, still wrapped (below 2^33*300), and whether there is one.
func (p Packet) PCR() (int64, bool) {
	a := p.Adaptation()
	if len(a) < 7 || a[0]&0x10 == 0 {
		return 0, false
	}
	return readPCR(a[1:]), true
}

// SetPCR changes the program clock reference where there is one; pcr is taken modulo 2^33*300.
func (p Packet) SetPCR(pcr int64) {
	if a := p.Adaptation(); len(a) >= 7 && a[0]&0x10 != 0 {
		writePCR(a[1:], pcr)
	}
}

// ShiftTimes adds ticks of 1/90000 s to every clock value in the packet: PCR, OPCR, and PTS and DTS if a PES header
// begins in it. A PES header that goes on in the next packet keeps its values; no multiplexer in use makes one.
func (p Packet) ShiftTimes(ticks int64) {
	if a := p.Adaptation(); len(a) >= 7 && a[0]&0x18 != 0 {
		shiftPCRs(a, ticks)
	}
	if !p.UnitStart() || p.Scrambled() {
		return
	}
	payload := p.Payload()
	h, ok := ParsePESHeader(payload)
	if !ok {
		return
	}
	if h.HasPTS {
		writeStamp(payload[9:], h.PTS+ticks)
	}
	if h.HasDTS {
		writeStamp(payload[14:], h.DTS+ticks)
	}
}

// shiftPCRs moves the PCR and the OPCR of an adaptation field.
func shiftPCRs(a []byte, ticks int64) {
	at := 1
	for _, flag := range []byte{0x10, 0x08} {
		if a[0]&flag != 0 && at+6 <= len(a) {
			writePCR(a[at:], readPCR(a[at:])+ticks*300)
			at += 6
		}
	}
}

// readPCR reads 33 bits of base in 1/90000 s, 6 reserved and 9 bits of extension (2.4.3.5).
func readPCR(b []byte) int64 {
	base := int64(binary.BigEndian.Uint32(b))<<1 | int64(b[4]>>7)
	return base*300 + int64(b[4]&1)<<8 + int64(b[5])
}

func writePCR(b []byte, pcr int64) {
	const modulus = wrap33 * 300
	pcr = (pcr%modulus + modulus) % modulus
	base, ext := pcr/300, pcr%300
	binary.BigEndian.PutUint32(b, uint32(base>>1))
	b[4] = byte(base&1)<<7 | 0x7e | byte(ext>>8)
	b[5] = byte(ext)
}
