package mpegts

// patCollector puts the sections of a PAT together.
type patCollector struct {
	transportStream int
	version         uint8
	entries         []patEntry // of the last whole PAT
	whole           bool       // there has been one

	parts map[uint8][]patEntry // by section number, of the version being collected
	crcs  map[uint8]uint32
	key   [3]int // transport stream, version and last section number of that
}

// add takes a section and reports whether the list of programs is another one now.
func (c *patCollector) add(s section) bool {
	key := [3]int{s.id(), int(s.version()), int(s.last())}
	crc, known := c.crcs[s.number()]
	switch {
	case key == c.key && known && crc == s.crc():
		return false
	case key != c.key || known || c.parts == nil:
		c.key, c.parts, c.crcs = key, map[uint8][]patEntry{}, map[uint8]uint32{}
	}
	c.parts[s.number()], c.crcs[s.number()] = parsePAT(s), s.crc()
	if len(c.parts) <= int(s.last()) {
		return false
	}
	c.transportStream, c.version, c.entries, c.whole = s.id(), s.version(), nil, true
	for n := range len(c.parts) {
		c.entries = append(c.entries, c.parts[uint8(n)]...)
	}
	return true
}
