package mpegts

import (
	"encoding/binary"
	"testing"
)

// FuzzUnwrapper gives any time stamps: each keeps its 33 bits, and none is farther from the one before than half a wrap.
func FuzzUnwrapper(f *testing.F) {
	stamps := func(values ...int64) (b []byte) {
		for _, v := range values {
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		}
		return b
	}
	f.Add(stamps(0, 3600, 7200))
	f.Add(stamps(wrap33-3600, 0, 3600, wrap33-7200, 1800))
	f.Add(stamps(0, wrap33/2, wrap33-1, wrap33/2-1, -1, 1<<62))
	f.Fuzz(func(t *testing.T, b []byte) {
		var u Unwrapper
		last, begun := int64(0), false
		for ; len(b) >= 8; b = b[8:] {
			wire := int64(binary.BigEndian.Uint64(b))
			v := u.Unwrap(wire)
			if (v^wire)&(wrap33-1) != 0 {
				t.Fatalf("%d came out as %d: other low bits", wire, v)
			}
			if step := v - last; begun && (step < -wrap33/2 || step >= wrap33/2) {
				t.Fatalf("%d came out as %d, %d from the one before", wire, v, step)
			}
			last, begun = v, true
		}
	})
}
