package bench

import (
	"context"
	"slices"
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
	receivers []controlTurn
	late      []int64 // by how many microseconds packets came too late at most, for each time that some were sent
}

// NewControlFeed makes a feed whose stream has a length; a receiver that has had all of it gets nothing more.
func NewControlFeed(length time.Duration) *ControlFeed {
	return &ControlFeed{stream: newControlStream(length)}
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
	late, tick := time.Duration(-1), time.Now()
	for i := range f.receivers {
		turn := &f.receivers[i]
		if tick.Before(turn.due) || turn.receiver.next >= len(f.stream) {
			continue
		}
		r, now := turn.receiver, time.Now()
		late = max(late, now.Sub(turn.due))
		for ; r.next < len(f.stream) && !now.Before(turn.due); turn.due = turn.due.Add(controlPicture) {
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
	f.receivers = append(f.receivers, controlTurn{r.begun, r})
}

func (f *ControlFeed) leave(r *ControlReceiver) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.receivers = slices.DeleteFunc(f.receivers, func(t controlTurn) bool { return t.receiver == r })
}
