package ingest

import (
	"sync"
	"time"
)

const (
	// chunkBytes bounds a message of the source window: whole packets, well under JetStream's limit of 1 MiB.
	chunkBytes = 256 << 10 / packetSize * packetSize
	// chunkTime bounds how long packets wait for a chunk to fill.
	chunkTime = 200 * time.Millisecond
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
	start   int64 // position of buf's first byte
	began   time.Time
	flight  int64
	dropped int64 // packets that did not get into the window

	mu    sync.Mutex
	acks  []chunkAck
	acked chan struct{} // has an element when acks are there to be settled
}

// chunkAck is the end of one chunk's publication.
type chunkAck struct {
	chunk    *chunk
	sequence uint64
	err      error
}

func newChunker(w Window, channel, stream string) *chunker {
	return &chunker{window: w, channel: channel, chunks: &chunkMap{stream: stream}, acked: make(chan struct{}, 1)}
}

// write adds packets, which it copies. now is when they arrived.
func (c *chunker) write(packets []byte, now time.Time) {
	for len(packets) > 0 {
		if len(c.buf) == 0 {
			c.began = now
			c.buf = make([]byte, 0, chunkBytes)
		}
		n := min(len(packets), chunkBytes-len(c.buf))
		c.buf = append(c.buf, packets[:n]...)
		packets = packets[n:]
		if len(c.buf) == chunkBytes {
			c.flush()
		}
	}
	c.expire(now)
}

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
	c.start = k.end()
	if c.flight+k.length > chunkFlight {
		c.lose(k)
	} else if err := c.window.Append(c.channel, c.buf, func(seq uint64, err error) { c.acknowledge(chunkAck{k, seq, err}) }); err != nil {
		c.lose(k)
	} else {
		c.flight += k.length
	}
	c.buf = nil // the window has it now
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
	select {
	case c.acked <- struct{}{}:
	default:
	}
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
		if a.err != nil {
			failure = a.err
			c.lose(a.chunk)
			continue
		}
		a.chunk.state, a.chunk.sequence = chunkKept, a.sequence
	}
	return failure
}
