package mpegts

import "encoding/binary"

// pmt is a program map (ISO/IEC 13818-1, 2.4.4.8).
type pmt struct {
	program int
	pcrPID  int
	streams []Stream
}

// parsePMT reads a PMT section.
func parsePMT(s section) (pmt, bool) {
	b := s.body()
	if len(b) < 4 {
		return pmt{}, false
	}
	m := pmt{program: s.id(), pcrPID: int(binary.BigEndian.Uint16(b)) & 0x1fff}
	info, b := splitLoop(b[2:])
	format := registration(info)
	for len(b) >= 5 {
		st := Stream{Type: b[0], PID: int(binary.BigEndian.Uint16(b[1:])) & 0x1fff}
		var loop []byte
		loop, b = splitLoop(b[3:])
		st.Codec = codecOf(st.Type, format, loop)
		st.Language = languageOf(loop)
		m.streams = append(m.streams, st)
	}
	return m, true
}

// registration is the format_identifier of a registration descriptor (2.6.8), "" if there is none.
func registration(loop []byte) string {
	for tag, body := range descriptors(loop) {
		if tag == descRegistration && len(body) >= 4 {
			return string(body[:4])
		}
	}
	return ""
}

// languageOf is the first ISO 639-2 code of a language, teletext or subtitling descriptor.
func languageOf(loop []byte) string {
	for tag, body := range descriptors(loop) {
		switch tag {
		case descLanguage, descTeletext, descSubtitling:
			if len(body) >= 3 && body[0] >= ' ' {
				return string(body[:3])
			}
		}
	}
	return ""
}
