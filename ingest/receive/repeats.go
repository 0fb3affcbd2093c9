package receive

import "hash/maphash"

// repeatWindow is how many datagrams back one is looked for that has come already. Networks that send twice do so within a
// few. A stream's own datagrams may come again where packets are alike but for their counter, which counts to 16: with 4
// packets to a datagram after 4 datagrams, with the usual 7 after 16.
const repeatWindow = 3

// repeatsAtOnce is the number of packets in a datagram whose counters may come again within the window.
const repeatsAtOnce = 8

// repeats knows the datagrams that came last.
type repeats struct {
	seed  maphash.Seed
	last  [repeatWindow]uint64
	next  int
	begun bool
}

// again reports whether a datagram is one of the last, byte by byte. Null packets have no counter: a datagram of nothing
// else is taken as new.
func (r *repeats) again(b []byte) bool {
	if !r.begun {
		r.seed, r.begun = maphash.MakeSeed(), true
	}
	if len(b)%(repeatsAtOnce*188) == 0 || onlyNulls(b) {
		return false
	}
	h := maphash.Bytes(r.seed, b)
	for _, v := range r.last {
		if v == h {
			return true
		}
	}
	r.last[r.next] = h
	r.next = (r.next + 1) % repeatWindow
	return false
}

// onlyNulls reports whether a datagram has nothing but null packets of 188 or 204 bytes (PID 0x1fff).
func onlyNulls(b []byte) bool {
	size := 188
	if len(b)%size != 0 {
		size = 204
	}
	for ; len(b) >= size; b = b[size:] {
		if b[0] != 0x47 || b[1]&0x1f != 0x1f || b[2] != 0xff {
			return false
		}
	}
	return len(b) == 0
}
