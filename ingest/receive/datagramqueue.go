package receive

import (
	"sync"
	"time"
)

// datagrams are datagrams in the order of their arrival.
type datagrams struct {
	data    []byte
	sizes   []int
	arrived []time.Time
}

func (d *datagrams) clear() { d.data, d.sizes, d.arrived = d.data[:0], d.sizes[:0], d.arrived[:0] }

// each calls f with each datagram.
func (d *datagrams) each(f func(b []byte, arrived time.Time)) {
	rest := d.data
	for i, n := range d.sizes {
		f(rest[:n:n], d.arrived[i])
		rest = rest[n:]
	}
}

// datagramQueue lies between the socket's reader, which must never wait, and what takes its datagrams. It is bounded in
// bytes; when it is full, datagrams are thrown away and counted.
type datagramQueue struct {
	limit int
	ready chan struct{} // has one element while there is something to take

	mu      sync.Mutex
	filling datagrams
	dropped int64
}

func newDatagramQueue(limit int) *datagramQueue {
	return &datagramQueue{limit: limit, ready: make(chan struct{}, 1)}
}

// put adds a copy of a datagram, unless the queue is full.
func (q *datagramQueue) put(b []byte, arrived time.Time) {
	q.mu.Lock()
	if len(q.filling.data)+len(b) > q.limit {
		q.dropped++
		q.mu.Unlock()
		return
	}
	q.filling.data = append(q.filling.data, b...)
	q.filling.sizes = append(q.filling.sizes, len(b))
	q.filling.arrived = append(q.filling.arrived, arrived)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take exchanges all that is queued for d, whose content is forgotten, and tells how many datagrams were dropped since
// the last take.
func (q *datagramQueue) take(d *datagrams) (dropped int64) {
	d.clear()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.filling, *d = *d, q.filling
	dropped, q.dropped = q.dropped, 0
	return dropped
}
