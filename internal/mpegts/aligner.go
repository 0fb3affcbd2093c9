package mpegts

import "bytes"

// Aligner finds the packets in any bytes: packets of 188 or of 204 bytes, with or without junk between them, in pieces
// of any length. It takes sync bytes for packets once several follow each other at the same distance, and begins to
// search again where one is missing. The zero value is ready.
type Aligner struct {
	rest   []byte // bytes not yet given out: less than a packet in sync, a few packets while searching
	size   int    // distance of packets while in sync; 0: searching
	losses int64
}

// probes is how many sync bytes in a row, at one distance, are taken for packets.
const probes = 4

// parityPacketSize is a packet with its Reed-Solomon parity.
const parityPacketSize = 204

// Write takes more bytes and calls emit with the whole packets in them, zero or more times. What emit gets is a
// multiple of PacketSize and valid during the call only; packets of 188 bytes are passed on without copying where they
// lie whole in p.
func (a *Aligner) Write(p []byte, emit func(packets []byte)) {
	whole := len(a.rest) == 0 // p may be a datagram
	if !whole {
		p = a.join(p, emit)
	}
	for {
		if a.size == 0 && !a.search(&p, whole) {
			break
		}
		whole = false
		n := a.run(p)
		a.give(p[:n], emit)
		p = p[n:]
		if len(p) < a.size {
			break
		}
		a.lose()
	}
	a.rest = append(a.rest[:0], p...)
}

// SyncLosses is how often packets were followed by something else.
func (a *Aligner) SyncLosses() int64 { return a.losses }

// Reset forgets what is left of the bytes before, for a new connection; the count of losses stays.
func (a *Aligner) Reset() { a.rest, a.size = a.rest[:0], 0 }

// join completes the packet begun by the bytes of before, or puts all bytes together where that does not do.
func (a *Aligner) join(p []byte, emit func([]byte)) []byte {
	if need := a.size - len(a.rest); a.size > 0 && len(p) >= need && a.rest[0] == SyncByte {
		a.rest = append(a.rest, p[:need]...)
		emit(a.rest[:PacketSize])
		a.rest = a.rest[:0]
		return p[need:]
	}
	return append(a.rest, p...)
}

// search moves p to the next run of packets and sets their distance. It fails when p holds none, and then leaves in p
// what may become one with more bytes. A datagram (whole) of exactly 1 to 3 packets is also a run.
func (a *Aligner) search(p *[]byte, whole bool) bool {
	b := *p
	for ; ; whole = false {
		i := bytes.IndexByte(b, SyncByte)
		if i < 0 {
			*p = nil
			return false
		}
		b = b[i:]
		size, enough := probe(b, whole && i == 0)
		if size > 0 {
			a.size = size
			*p = b
			return true
		}
		if !enough {
			*p = b
			return false
		}
		b = b[1:]
	}
}

// probe tells the distance of the packets that begin at b[0], 0 if there are none. enough is false where more bytes may
// change that.
func probe(b []byte, whole bool) (size int, enough bool) {
	enough = true
	for _, size := range []int{PacketSize, parityPacketSize} {
		n := 1
		for n < probes && n*size < len(b) && b[n*size] == SyncByte {
			n++
		}
		if n == probes {
			return size, true
		}
		if whole && n*size == len(b) {
			return size, true
		}
		if n*size >= len(b) {
			enough = false
		}
	}
	return 0, enough
}

// run is the length of the whole packets at the beginning of p.
func (a *Aligner) run(p []byte) int {
	n := 0
	for n+a.size <= len(p) && p[n] == SyncByte {
		n += a.size
	}
	return n
}

// give passes whole packets on, without their parity.
func (a *Aligner) give(p []byte, emit func([]byte)) {
	if len(p) == 0 {
		return
	}
	if a.size == PacketSize {
		emit(p)
		return
	}
	for ; len(p) > 0; p = p[a.size:] {
		emit(p[:PacketSize])
	}
}

// lose goes back to searching.
func (a *Aligner) lose() {
	a.size = 0
	a.losses++
}
