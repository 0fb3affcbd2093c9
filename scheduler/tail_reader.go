package scheduler

import "sync"

// tailRoom is how many messages wait for one follower; one that is farther behind reads them from the stream.
const tailRoom = 64

// tailReader is what has come for one follower of a tail.
type tailReader struct {
	mu    sync.Mutex
	queue []tailMessage
	lost  bool          // what came after the queue's last is not in it, and nothing more will be
	wake  chan struct{} // capacity 1: there is something to take
}

func (r *tailReader) put(m tailMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.lost:
		return
	case len(r.queue) >= tailRoom:
		r.lost = true
	default:
		r.queue = append(r.queue, m)
	}
	r.kick()
}

// lose says that the reader has to look for its place anew.
func (r *tailReader) lose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost = true
	r.kick()
}

func (r *tailReader) kick() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// take gives all that waits, and whether more has come that is not among it.
func (r *tailReader) take() (messages []tailMessage, lost bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	messages, r.queue = r.queue, nil
	return messages, r.lost
}
