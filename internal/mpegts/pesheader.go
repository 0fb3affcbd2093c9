package mpegts

// PESHeader is the beginning of a PES packet (ISO/IEC 13818-1, 2.4.3.6). PTS and DTS are as on the wire: 33 bits.
type PESHeader struct {
	StreamID  uint8
	Length    int // of the PES packet's bytes after the length field; 0: not told (video only)
	Scrambled bool
	Aligned   bool // data_alignment_indicator
	HasPTS    bool
	HasDTS    bool
	PTS, DTS  int64
	Size      int // of the header: the payload begins here
}

// maxPESHeader is the longest header: 9 bytes and up to 255 of optional fields.
const maxPESHeader = 9 + 255

// ParsePESHeader reads a PES header. It fails if b does not begin with one or does not hold all of it.
func ParsePESHeader(b []byte) (PESHeader, bool) {
	if len(b) < 6 || b[0] != 0 || b[1] != 0 || b[2] != 1 || b[3] < 0xbc {
		return PESHeader{}, false
	}
	h := PESHeader{StreamID: b[3], Length: int(b[4])<<8 | int(b[5]), Size: 6}
	if !hasOptionalFields(h.StreamID) {
		return h, true
	}
	if len(b) < 9 || len(b) < 9+int(b[8]) || b[6]&0xc0 != 0x80 {
		return PESHeader{}, false
	}
	h.Size = 9 + int(b[8])
	h.Scrambled, h.Aligned = b[6]&0x30 != 0, b[6]&0x04 != 0
	if b[7]&0x80 != 0 && b[8] >= 5 {
		h.PTS, h.HasPTS = readStamp(b[9:])
	}
	if b[7]&0xc0 == 0xc0 && b[8] >= 10 {
		h.DTS, h.HasDTS = readStamp(b[14:])
	}
	return h, true
}

// needsMore reports whether b may be the beginning of a header that goes on after it.
func needsMore(b []byte) bool {
	want := 6
	if len(b) >= 6 && hasOptionalFields(b[3]) {
		want = 9
	}
	if len(b) >= 9 && want == 9 {
		want = 9 + int(b[8])
	}
	return len(b) < want
}

// hasOptionalFields reports whether PES packets of a stream id have the optional header: all but the program stream
// map and directory, padding, private stream 2, ECM, EMM, DSM-CC and H.222.1 type E (table 2-21).
func hasOptionalFields(id uint8) bool {
	switch id {
	case 0xbc, 0xbe, 0xbf, 0xf0, 0xf1, 0xf2, 0xf8, 0xff:
		return false
	}
	return true
}

// readStamp reads a 33-bit time stamp in 5 bytes with a marker bit after 3, 15 and 15 bits. A stamp without its marker
// bits is damaged and not taken.
func readStamp(b []byte) (int64, bool) {
	if b[0]&1 == 0 || b[2]&1 == 0 || b[4]&1 == 0 {
		return 0, false
	}
	return int64(b[0]>>1&7)<<30 | int64(b[1])<<22 | int64(b[2]>>1)<<15 | int64(b[3])<<7 | int64(b[4]>>1), true
}

// writeStamp writes ticks modulo 2^33 over a time stamp and keeps its four prefix bits.
func writeStamp(b []byte, ticks int64) {
	ticks &= wrap33 - 1
	b[0] = b[0]&0xf0 | byte(ticks>>29)&0x0e | 1
	b[1] = byte(ticks >> 22)
	b[2] = byte(ticks>>14) | 1
	b[3] = byte(ticks >> 7)
	b[4] = byte(ticks<<1) | 1
}
