package ingest

import (
	"sync"
	"time"
)

const (
	// queueBytes bounds what waits between the receiver and the analyser: the time that a probe takes.
	queueBytes = 32 << 20
	// blockTime is how far apart packets of one block arrive at the most: what is told of them is as of the first.
	blockTime = 5 * time.Millisecond
	// slabBytes bounds the pieces of memory that packets wait in, and what is let wait before the time set by rest.
	slabBytes  = 64 << 10
	slabLeast  = 2 << 10
	keptBlocks = 256 // beyond it, what listed the blocks is not used again: it would hold their memory
)

// blockQueue lies between a receiver, which must never wait, and the goroutine that works its packets off. When it is
// full, packets are dropped and counted.
type blockQueue struct {
	mu      sync.Mutex
	blocks  []block
	slab    []byte // the last blocks are in it, one behind the other
	bytes   int
	resting time.Time // what arrives before it rouses nobody
	dropped int64     // packets
	closed  bool
	wake    wakeup // is roused when there is something to take

	taken []block // what take gave last, and the slab of its end: both are used again
	spare []byte
}

func newBlockQueue(wake wakeup) *blockQueue { return &blockQueue{wake: wake} }

// put copies packets in.
func (q *blockQueue) put(packets []byte, arrived time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes+len(packets) > queueBytes {
		q.dropped += int64(len(packets) / packetSize)
		return
	}
	q.bytes += len(packets)
	q.add(packets, arrived)
	if q.bytes >= slabBytes || !arrived.Before(q.resting) {
		q.wake.rouse()
	}
}

// add puts packets behind the last ones: into their block, where they have come with them.
func (q *blockQueue) add(packets []byte, arrived time.Time) {
	if len(q.slab)+len(packets) > cap(q.slab) {
		q.slab = make([]byte, 0, max(min(2*cap(q.slab), slabBytes), slabLeast, len(packets)))
	}
	from := len(q.slab)
	q.slab = append(q.slab, packets...)
	if n := len(q.blocks); n > 0 && from > 0 && arrived.Sub(q.blocks[n-1].arrived) < blockTime {
		q.blocks[n-1].packets = q.slab[from-len(q.blocks[n-1].packets):]
		return
	}
	q.blocks = append(q.blocks, block{packets: q.slab[from:], arrived: arrived})
}

// rest says that nobody need be roused for what arrives before a time, unless much does: it is taken by and by.
func (q *blockQueue) rest(until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.resting = until
}

// close says that nothing more will come.
func (q *blockQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.rouse()
}

// take gives all blocks that wait. They are the caller's until the next take. ended says that no more will come.
func (q *blockQueue) take() (blocks []block, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.blocks) == 0 {
		return nil, q.closed
	}
	blocks, q.blocks = q.blocks, q.taken[:0]
	q.slab, q.spare = q.spare[:0], q.slab
	if q.taken = blocks; len(blocks) > keptBlocks {
		q.taken = nil
	}
	q.bytes = 0
	return blocks, q.closed
}

// empty reports whether nothing waits.
func (q *blockQueue) empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.blocks) == 0
}

// lost is how many packets have been dropped.
func (q *blockQueue) lost() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}
