package mpegts

// crcTable is for the polynomial 0x04C11DB7, most significant bit first: hash/crc32 only has the reflected form.
var crcTable = func() (t [256]uint32) {
	for i := range t {
		c := uint32(i) << 24
		for range 8 {
			if c&0x8000_0000 != 0 {
				c = c<<1 ^ 0x04c1_1db7
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return t
}()

// crc32MPEG is the CRC_32 of sections (ISO/IEC 13818-1, annex A). Over a section with its CRC it gives 0.
func crc32MPEG(b []byte) uint32 {
	c := uint32(0xffff_ffff)
	for _, v := range b {
		c = c<<8 ^ crcTable[byte(c>>24)^v]
	}
	return c
}
