package mpegts

import "iter"

// Descriptor tags that are read (ISO/IEC 13818-1, table 2-45; ETSI EN 300 468, table 12).
const (
	descRegistration = 0x05
	descLanguage     = 0x0a
	descService      = 0x48
	descTeletext     = 0x56
	descSubtitling   = 0x59
	descAC3          = 0x6a
	descEAC3         = 0x7a
	descDTS          = 0x7b
	descAAC          = 0x7c
	descExtension    = 0x7f
)

// descriptors walks a descriptor loop: tag and body of each; it stops at the first that is cut short.
func descriptors(b []byte) iter.Seq2[uint8, []byte] {
	return func(yield func(uint8, []byte) bool) {
		for len(b) >= 2 && len(b) >= 2+int(b[1]) {
			n := 2 + int(b[1])
			if !yield(b[0], b[2:n]) {
				return
			}
			b = b[n:]
		}
	}
}

// splitLoop reads a loop's 12-bit length and separates its bytes from what follows. A length beyond the end takes all.
func splitLoop(b []byte) (loop, rest []byte) {
	if len(b) < 2 {
		return nil, nil
	}
	n := int(b[0]&0x0f)<<8 | int(b[1])
	b = b[2:]
	n = min(n, len(b))
	return b[:n], b[n:]
}
