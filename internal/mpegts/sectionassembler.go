package mpegts

// sectionAssembler puts the sections of one PID together from its payloads (ISO/IEC 13818-1, 2.4.4).
type sectionAssembler struct {
	buf  []byte
	open bool // a section has begun
}

// maxSection is the longest section: 3 bytes and section_length of at most 4093.
const maxSection = 4096

// write takes a packet's payload and calls emit with each section that it completes; what emit gets is valid during
// the call.
func (a *sectionAssembler) write(payload []byte, start bool, emit func(section)) {
	if !start {
		if a.open {
			a.append(payload, emit)
		}
		return
	}
	if len(payload) == 0 || 1+int(payload[0]) > len(payload) {
		a.reset()
		return
	}
	rest := payload[1 : 1+int(payload[0])] // pointer_field: the end of the section before
	if a.open {
		a.append(rest, emit)
	}
	a.reset()
	a.open = true
	a.append(payload[1+int(payload[0]):], emit)
}

// append adds bytes and gives out the sections that are whole; several may lie in one payload.
func (a *sectionAssembler) append(b []byte, emit func(section)) {
	a.buf = append(a.buf, b...)
	for a.open {
		if len(a.buf) > 0 && a.buf[0] == 0xff { // stuffing up to the end of the packet
			a.reset()
			return
		}
		if len(a.buf) < 3 {
			return
		}
		n := 3 + int(a.buf[1]&0x0f)<<8 + int(a.buf[2])
		if n > maxSection {
			a.reset()
			return
		}
		if len(a.buf) < n {
			return
		}
		emit(section(a.buf[:n:n]))
		a.buf = a.buf[:copy(a.buf, a.buf[n:])]
	}
}

// reset forgets an unfinished section: bytes of it are missing.
func (a *sectionAssembler) reset() { a.buf, a.open = a.buf[:0], false }
