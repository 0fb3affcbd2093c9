package mpegtest

// bitWriter writes bit fields and Exp-Golomb codes.
type bitWriter struct {
	buf  []byte
	free int // bits free in the last byte
}

func (w *bitWriter) bits(v uint32, n int) {
	for n--; n >= 0; n-- {
		if w.free == 0 {
			w.buf, w.free = append(w.buf, 0), 8
		}
		w.free--
		w.buf[len(w.buf)-1] |= byte(v>>n&1) << w.free
	}
}

// ue writes an unsigned Exp-Golomb code (H.264, 9.1).
func (w *bitWriter) ue(v uint32) {
	n := 0
	for (v+1)>>(n+1) > 0 {
		n++
	}
	w.bits(0, n)
	w.bits(v+1, n+1)
}

// nal is a NAL unit with its start code, stop bit and emulation prevention.
func (w *bitWriter) nal(header ...byte) []byte {
	w.bits(1, 1)
	out := append([]byte{0, 0, 0, 1}, header...)
	zeros := 0
	for _, c := range w.buf {
		if zeros >= 2 && c <= 3 {
			out, zeros = append(out, 3), 0
		}
		if out = append(out, c); c == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return out
}
