package ingest

import (
	"sync"
	"time"

	"rung/internal/mpegts"
)

const (
	// chunkBytes bounds a message of the source window: whole packets, well under JetStream's limit of 1 MiB.
	chunkBytes = 256 << 10 / packetSize * packetSize
	// chunkTime bounds how long packets wait for a chunk to fill. A segment does not wait for it: the chunk that ends it is
	// sent at once. What is lost with this process is of no segment that was raised, and another process begins a new
	// session; so it is long, for a message of the queue costs the same whatever is in it.
	chunkTime = 4 * time.Second
	// chunkFlight bounds the bytes that have not been acknowledged. Beyond it packets are dropped: the live path never
	// waits for the source window.
	chunkFlight = 32 << 20
	packetSize  = 188
)

// chunker fills a channel's source window with the session's packets. All but its acknowledgements belong to one
// goroutine.
type chunker struct {
	window  Window
	channel string
	chunks  *chunkMap
	buf     []byte
	spare   []byte // the window has done with it
	before  int    // bytes of the chunk before this one
	start   int64  // position of buf's first byte
	began   time.Time
	flight  int64
	dropped int64 // packets that did not get into the window

	mu   sync.Mutex
	acks []chunkAck
	wake wakeup // is roused when acks are there to be settled
}

// chunkAck is the end of one chunk's publication.
type chunkAck struct {
	chunk    *chunk
	data     []byte
	sequence uint64
	err      error
}

func newChunker(w Window, channel, stream string, wake wakeup) *chunker {
	return &chunker{window: w, channel: channel, chunks: &chunkMap{stream: stream}, wake: wake}
}

// write adds packets, which it copies. now is when they arrived.
func (c *chunker) write(packets []byte, now time.Time) {
	for len(packets) > 0 {
		if len(c.buf) == 0 {
			c.began = now
			c.buf = c.room()
		}
		n := min(len(packets), chunkBytes-len(c.buf))
		c.buf = append(c.buf, packets[:n]...)
		blank(c.buf[len(c.buf)-n:])
		packets = packets[n:]
		if len(c.buf) == chunkBytes {
			c.flush()
		}
	}
	c.expire(now)
}

// room is a buffer for a chunk: for as much as the chunk before took, and some, as most sources fill little of chunkBytes
// within chunkTime.
func (c *chunker) room() []byte {
	need := min(c.before+c.before/4+packetSize, chunkBytes)
	if spare := c.spare; cap(spare) >= need {
		c.spare = nil
		return spare[:0]
	}
	return make([]byte, 0, need)
}

// blank makes null packets of scrambled ones: a decoder would take their payloads for pictures and sound.
func blank(packets []byte) {
	for ; len(packets) >= packetSize; packets = packets[packetSize:] {
		if mpegts.Packet(packets).Scrambled() {
			copy(packets, nullHeader[:])
		}
	}
}

// nullHeader begins a packet without content (ISO/IEC 13818-1, 2.4.3.3).
var nullHeader = [4]byte{0x47, 0x1f, 0xff, 0x10}

// expire sends what has waited long enough.
func (c *chunker) expire(now time.Time) {
	if len(c.buf) > 0 && now.Sub(c.began) >= chunkTime {
		c.flush()
	}
}

// flush sends what there is.
func (c *chunker) flush() {
	if len(c.buf) == 0 {
		return
	}
	k := &chunk{start: c.start, length: int64(len(c.buf))}
	c.chunks.add(k)
	c.start, c.before = k.end(), len(c.buf)
	if c.flight+k.length > chunkFlight {
		c.lose(k)
	} else if err := c.append(k, c.buf); err != nil {
		c.lose(k)
	} else {
		c.flight += k.length
	}
	c.buf = nil // the window has it now
}

// append gives a chunk's bytes to the window, until they are acknowledged.
func (c *chunker) append(k *chunk, data []byte) error {
	return c.window.Append(c.channel, data, func(seq uint64, err error) { c.acknowledge(chunkAck{k, data, seq, err}) })
}

func (c *chunker) lose(k *chunk) {
	k.state = chunkLost
	c.dropped += k.length / packetSize
}

// acknowledge is called by the window, from any goroutine.
func (c *chunker) acknowledge(a chunkAck) {
	c.mu.Lock()
	c.acks = append(c.acks, a)
	c.mu.Unlock()
	c.wake.rouse()
}

// acked reports whether there are acknowledgements to be settled.
func (c *chunker) acked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.acks) > 0
}

// settle takes the acknowledgements that have come into account. It gives the last error among them.
func (c *chunker) settle() error {
	c.mu.Lock()
	acks := c.acks
	c.acks = nil
	c.mu.Unlock()
	var failure error
	for _, a := range acks {
		c.flight -= a.chunk.length
		c.spare = a.data
		if a.err != nil {
			failure = a.err
			c.lose(a.chunk)
			continue
		}
		a.chunk.state, a.chunk.sequence = chunkKept, a.sequence
	}
	return failure
}
