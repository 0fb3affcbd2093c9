package ingest

import (
	"sync"
	"time"
)

const (
	// queueBytes bounds what waits between the receiver and the analyser: the time that a probe takes.
	queueBytes = 32 << 20
	// blockBytes is how far packets that nobody has fetched yet are put together.
	blockBytes = 64 << 10
)

// blockQueue lies between a receiver, which must never wait, and the goroutine that works its packets off. When it is
// full, packets are dropped and counted.
type blockQueue struct {
	mu      sync.Mutex
	blocks  []block
	bytes   int
	dropped int64 // packets
	closed  bool
	wake    wakeup // is roused when there is something to take
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
	if n := len(q.blocks); n > 0 && len(q.blocks[n-1].packets)+len(packets) <= blockBytes {
		q.blocks[n-1].packets = append(q.blocks[n-1].packets, packets...)
		return
	}
	q.blocks = append(q.blocks, block{packets: append([]byte(nil), packets...), arrived: arrived})
	q.wake.rouse()
}

// close says that nothing more will come.
func (q *blockQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.rouse()
}

// take gives the next block. ended says that there is none and none will come.
func (q *blockQueue) take() (b block, ok, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.blocks) == 0 {
		return block{}, false, q.closed
	}
	b = q.blocks[0]
	q.blocks = q.blocks[1:]
	q.bytes -= len(b.packets)
	if len(q.blocks) > 0 || q.closed {
		q.wake.rouse()
	}
	return b, true, false
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
