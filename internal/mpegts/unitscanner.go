package mpegts

// unitScanner finds the units of a byte stream that begin with the start code 00 00 01 (NAL units, or MPEG-2 video's
// start codes) and collects the first bytes of those that matter. It sees each byte once and keeps nothing else.
type unitScanner struct {
	last    uint32 // the last three bytes
	head    []byte // of the unit being collected
	want    int    // how much of it
	collect bool
	first   bool // the next byte is a unit's first
}

// unitReader tells the scanner what it wants and gets it.
type unitReader interface {
	// want is how many bytes unit needs of a unit that begins with this byte; 0: the unit does not matter.
	want(first byte) int
	// unit gets a unit's first bytes: as many as wanted, or fewer where the unit ends before, but at least one.
	unit(head []byte)
}

// maxUnitHead is the most that a reader may want.
const maxUnitHead = 1024

// write scans more bytes.
func (s *unitScanner) write(p []byte, r unitReader) {
	for len(p) > 0 {
		if s.first {
			s.begin(p[0], r)
		}
		end, found := s.find(p)
		if s.collect {
			s.take(p[:end], found, r)
		}
		if !found {
			return
		}
		s.first = true
		p = p[end:]
	}
}

// begin opens a unit.
func (s *unitScanner) begin(first byte, r unitReader) {
	s.first = false
	s.want = min(r.want(first), maxUnitHead)
	s.collect = s.want > 0
	s.head = s.head[:0]
	s.last = 0xffffff
}

// find gives the position behind the next start code, or the end of p.
func (s *unitScanner) find(p []byte) (int, bool) {
	last := s.last
	for i := 0; i < len(p) && i < 2; i++ { // a start code that began before p
		last = last<<8 | uint32(p[i])
		if last&0xffffff == 1 {
			s.last = last
			return i + 1, true
		}
	}
	if len(p) < 3 {
		s.last = last
		return len(p), false
	}
	for i := 2; i < len(p); {
		switch c := p[i]; {
		case c > 1:
			i += 3
		case c == 0:
			i++
		case p[i-1] == 0 && p[i-2] == 0:
			s.last = 1
			return i + 1, true
		default:
			i += 3
		}
	}
	n := len(p)
	s.last = uint32(p[n-3])<<16 | uint32(p[n-2])<<8 | uint32(p[n-1])
	return n, false
}

// take collects bytes of the open unit, and hands it over when there are enough or it has ended.
func (s *unitScanner) take(p []byte, ended bool, r unitReader) {
	s.head = append(s.head, p[:min(len(p), s.want+3-len(s.head))]...)
	if !ended && len(s.head) < s.want+3 {
		return
	}
	s.finish(r)
}

// finish hands over what has been collected. A start code behind it is not the unit's.
func (s *unitScanner) finish(r unitReader) {
	if !s.collect {
		return
	}
	s.collect = false
	h := s.head
	if n := len(h) - 3; n >= 0 && n < s.want && h[n] == 0 && h[n+1] == 0 && h[n+2] == 1 {
		h = h[:n]
	}
	if len(h) > 0 { // a start code may follow another at once
		r.unit(h[:min(len(h), s.want)])
	}
}

// reset forgets everything: bytes are missing.
func (s *unitScanner) reset() { *s = unitScanner{head: s.head[:0], last: 0xffffff} }
