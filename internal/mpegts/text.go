package mpegts

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// dvbCharsets are ISO/IEC 8859's parts by the first byte of a text (ETSI EN 300 468, table A.3); 0x10 selects them by
// a 16-bit number behind it (table A.4).
var dvbCharsets = map[uint16]*charmap.Charmap{
	1: charmap.ISO8859_1, 2: charmap.ISO8859_2, 3: charmap.ISO8859_3, 4: charmap.ISO8859_4, 5: charmap.ISO8859_5,
	6: charmap.ISO8859_6, 7: charmap.ISO8859_7, 8: charmap.ISO8859_8, 9: charmap.ISO8859_9, 10: charmap.ISO8859_10,
	11: charmap.Windows874, 13: charmap.ISO8859_13, 14: charmap.ISO8859_14, 15: charmap.ISO8859_15,
}

// decodeText reads a DVB text (ETSI EN 300 468, annex A). Control codes are dropped. East Asian
// multi-byte sets other than UTF-16 and UTF-8 are not decoded: such characters read as U+FFFD.
func decodeText(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	switch first := b[0]; {
	case first >= 0x20:
		return clean(decodeISO6937(b))
	case first >= 0x01 && first <= 0x0b:
		return clean(decode8859(uint16(first)+4, b[1:]))
	case first == 0x10 && len(b) >= 3:
		return clean(decode8859(uint16(b[1])<<8|uint16(b[2]), b[3:]))
	case first == 0x11 || first == 0x14:
		return clean(decodeUTF16(b[1:]))
	case first == 0x15:
		return clean(strings.ToValidUTF8(string(b[1:]), "\ufffd"))
	default:
		return clean(decodeUnknown(b[1:]))
	}
}

func decode8859(part uint16, b []byte) string {
	m := dvbCharsets[part]
	if m == nil {
		return decodeUnknown(b)
	}
	s, err := m.NewDecoder().Bytes(b)
	if err != nil {
		return decodeUnknown(b)
	}
	return string(s)
}

func decodeUTF16(b []byte) string {
	u := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		u = append(u, uint16(b[0])<<8|uint16(b[1]))
	}
	return string(utf16.Decode(u))
}

// decodeUnknown keeps ASCII.
func decodeUnknown(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
		if c >= 0x80 {
			r[i] = utf8.RuneError
		}
	}
	return string(r)
}

// clean drops control codes: emphasis and line breaks (0x80 to 0x9f, and U+E080 to U+E09F), and spaces around.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0xe080 && r < 0xe0a0 {
			return -1
		}
		return r
	}, s))
}
