package bench

import (
	"context"
	"sync"
	"time"
)

// feedTick is how exactly packets come: a channel's next ones are at most this late.
const feedTick = 5 * time.Millisecond

// ControlFeed sends the same small transport stream into any number of receivers, paced in real time by one clock and
// without sockets. Each receiver gets it from its beginning.
type ControlFeed struct {
	stream controlStream

	mu        sync.Mutex
	receivers map[*ControlReceiver]struct{}
	late      []int64 // by how many microseconds packets came too late at most, for each time that some were sent
}

// NewControlFeed makes a feed whose stream has a length; a receiver that has had all of it gets nothing more.
func NewControlFeed(length time.Duration) *ControlFeed {
	return &ControlFeed{stream: newControlStream(length), receivers: map[*ControlReceiver]struct{}{}}
}

// Receiver makes a receiver, which is run once.
func (f *ControlFeed) Receiver() *ControlReceiver { return &ControlReceiver{feed: f} }

// Run sends until the context ends.
func (f *ControlFeed) Run(ctx context.Context) error {
	tick := time.NewTicker(feedTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			f.send()
		}
	}
}

// send gives each receiver what is due.
func (f *ControlFeed) send() {
	f.mu.Lock()
	defer f.mu.Unlock()
	late := time.Duration(-1)
	for r := range f.receivers {
		now := time.Now()
		due := r.begun.Add(time.Duration(r.next) * controlPicture)
		if r.next >= len(f.stream) || now.Before(due) {
			continue
		}
		late = max(late, now.Sub(due))
		for ; r.next < len(f.stream) && !now.Before(due); due = due.Add(controlPicture) {
			r.sink(f.stream[r.next], now)
			r.next++
		}
	}
	if late >= 0 {
		f.late = append(f.late, late.Microseconds())
	}
}

// lateness sums up how late packets came since it was last asked for.
func (f *ControlFeed) lateness() Percentiles {
	f.mu.Lock()
	defer f.mu.Unlock()
	late := PercentilesOf(f.late)
	f.late = nil
	return late
}

// join begins to send to a receiver; leave ends it, and no packet comes after it has returned.
func (f *ControlFeed) join(r *ControlReceiver) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.receivers[r] = struct{}{}
}

func (f *ControlFeed) leave(r *ControlReceiver) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.receivers, r)
}
