package mpegts

import (
	"encoding/binary"
	"slices"
)

// patEntry is one program of the PAT.
type patEntry struct {
	number int
	pmtPID int
}

// parsePAT reads a PAT section's programs; number 0, the network PID, is left out (ISO/IEC 13818-1, 2.4.4.3).
func parsePAT(s section) []patEntry {
	var entries []patEntry
	for b := s.body(); len(b) >= 4; b = b[4:] {
		if number := int(binary.BigEndian.Uint16(b)); number != 0 {
			entries = append(entries, patEntry{number, int(binary.BigEndian.Uint16(b[2:])) & 0x1fff})
		}
	}
	return entries
}

// singlePAT makes a PAT section with one program of the transport stream that s describes.
func singlePAT(transportStream int, version uint8, e patEntry) section {
	s := section{tablePAT, 0xb0, 13, byte(transportStream >> 8), byte(transportStream), 0xc1 | version<<1, 0, 0}
	s = append(s, byte(e.number>>8), byte(e.number), 0xe0|byte(e.pmtPID>>8), byte(e.pmtPID))
	return binary.BigEndian.AppendUint32(s, crc32MPEG(s))
}

// appendPackets appends the packets that carry a section alone on a PID, with continuity counters from 0.
func appendPackets(dst []byte, pid int, s section) []byte {
	rest := slices.Concat([]byte{0}, s) // pointer_field
	for cc := byte(0); len(rest) > 0; cc++ {
		start := byte(0)
		if cc == 0 {
			start = 0x40
		}
		dst = append(dst, SyncByte, start|byte(pid>>8), byte(pid), 0x10|cc&0x0f)
		n := min(len(rest), PacketSize-4)
		dst = append(dst, rest[:n]...)
		for ; n < PacketSize-4; n++ {
			dst = append(dst, 0xff)
		}
		rest = rest[min(len(rest), PacketSize-4):]
	}
	return dst
}
