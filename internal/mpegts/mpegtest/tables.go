package mpegtest

import "encoding/binary"

// Stream is an entry of a PMT.
type Stream struct {
	PID         int
	Type        byte
	Descriptors []byte
}

// Program is an entry of a PAT.
type Program struct{ Number, PMTPID int }

// Language is an ISO_639_language_descriptor.
func Language(code string) []byte { return append([]byte{0x0a, 4}, code[0], code[1], code[2], 0) }

// PAT writes a program association table in one section.
func (m *Muxer) PAT(version int, programs ...Program) {
	var body []byte
	for _, p := range programs {
		body = append(body, byte(p.Number>>8), byte(p.Number), 0xe0|byte(p.PMTPID>>8), byte(p.PMTPID))
	}
	m.Section(0, Section(0, 1, version, body))
}

// PMT writes a program map.
func (m *Muxer) PMT(p Program, version, pcrPID int, streams ...Stream) {
	body := []byte{0xe0 | byte(pcrPID>>8), byte(pcrPID), 0xf0, 0}
	for _, s := range streams {
		n := len(s.Descriptors)
		body = append(body, s.Type, 0xe0|byte(s.PID>>8), byte(s.PID), 0xf0|byte(n>>8), byte(n))
		body = append(body, s.Descriptors...)
	}
	m.Section(p.PMTPID, Section(2, p.Number, version, body))
}

// SDT writes a service description table with one service.
func (m *Muxer) SDT(program int, provider, name string) {
	desc := append([]byte{1, byte(len(provider))}, provider...)
	desc = append(append(desc, byte(len(name))), name...)
	desc = append([]byte{0x48, byte(len(desc))}, desc...)
	body := []byte{0, 1, 0xff, byte(program >> 8), byte(program), 0xfc, 0x80, byte(len(desc))}
	m.Section(0x11, Section(0x42, 1, 0, append(body, desc...)))
}

// Section makes a section in the long form, with its CRC.
func Section(table byte, id, version int, body []byte) []byte {
	n := len(body) + 9
	s := []byte{table, 0xb0 | byte(n>>8), byte(n), byte(id >> 8), byte(id), 0xc1 | byte(version)<<1, 0, 0}
	s = append(s, body...)
	return binary.BigEndian.AppendUint32(s, crc(s))
}

// Section writes a section alone in its packets.
func (m *Muxer) Section(pid int, section []byte) {
	rest := append([]byte{0}, section...)
	for len(rest)%(PacketSize-4) != 0 {
		rest = append(rest, 0xff)
	}
	for start := true; len(rest) > 0; start = false {
		rest = m.Packet(pid, start, NoFields, rest)
	}
}

// crc is bit by bit, unlike the one under test.
func crc(b []byte) uint32 {
	c := ^uint32(0)
	for _, v := range b {
		for bit := 7; bit >= 0; bit-- {
			in := uint32(v>>bit) & 1
			top := c >> 31
			c <<= 1
			if top != in {
				c ^= 0x04c11db7
			}
		}
	}
	return c
}
