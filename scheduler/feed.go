package scheduler

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"rung"
)

const (
	// pollTimeout bounds the wait for the answer to a request that asks for what is there now.
	pollTimeout = 2 * time.Second
	// parkExpiry is how long a request waits at the server for a task; its signs of life come every parkHeartbeat, and
	// it is given up for lost after parkLost without one.
	parkExpiry    = 30 * time.Second
	parkHeartbeat = 2 * time.Second
	parkLost      = 5 * time.Second
	// refusedPause keeps a feed from asking without pause while the server refuses (no leader yet, starting).
	refusedPause = 250 * time.Millisecond
)

// feed fetches tasks for all of a process's idle slots in one goroutine. In each round it asks for as many live tasks
// as there are idle slots, then for as many VOD tasks as are left, and parks a request for one of each at the server
// only when there was nothing: so live goes before VOD, and a task that comes to an idle process wakes it at once. While
// there is nothing but what comes, parked requests are all that it asks.
//
// The inboxes exist as long as the feed does, so no answer is ever lost: a task that comes when no slot is idle any more
// (through a request parked before) is handed back at once.
type feed struct {
	s     *System
	start sync.Once

	mu      sync.Mutex
	waiters []chan *nats.Msg // each of capacity 1; first come, first served
	wake    chan struct{}    // capacity 1: there is a new waiter

	// Used by run alone.
	answers chan *nats.Msg
	pulls   [4]*pull // live and VOD, each polled and parked
	refused time.Time
}

func newFeed(s *System) *feed {
	return &feed{s: s, wake: make(chan struct{}, 1), answers: make(chan *nats.Msg, 4096)}
}

// next waits for a delivery.
func (f *feed) next(ctx context.Context) (*nats.Msg, error) {
	f.start.Do(func() { f.s.launch(f.run) })
	w := make(chan *nats.Msg, 1)
	f.mu.Lock()
	f.waiters = append(f.waiters, w)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
	err := closedError()
	select {
	case m := <-w:
		return m, nil
	case <-ctx.Done():
		err = &rung.Error{Code: rung.CodeCanceled, Message: "queue: no task came before the wait was ended", Err: ctx.Err()}
	case <-f.s.done:
	}
	f.leave(ctx, w)
	return nil, err
}

// leave gives up a place in the queue of waiters, and hands back what came at the same moment.
func (f *feed) leave(ctx context.Context, w chan *nats.Msg) {
	f.mu.Lock()
	i := slices.Index(f.waiters, w)
	if i >= 0 {
		f.waiters = slices.Delete(f.waiters, i, i+1)
	}
	f.mu.Unlock()
	if i < 0 {
		f.s.tasks.returnUnused(ctx, <-w)
	}
}

func (f *feed) waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waiters)
}

// run fetches until the System is closed.
func (f *feed) run() {
	defer f.unsubscribe()
	for i := range f.pulls {
		kind, park := rung.Live, i >= 2
		if i%2 == 1 {
			kind = rung.VOD
		}
		var err error
		if f.pulls[i], err = openPull(f.s.nc, kind, park, f.answers); err != nil {
			f.s.o.Logger.Error("tasks cannot be fetched", "error", err)
			return
		}
	}
	for {
		select {
		case <-f.s.done:
			return
		default:
		}
		n := f.waiting()
		if n == 0 || f.poll(f.pulls[0], n) == 0 && f.poll(f.pulls[1], f.waiting()) == 0 {
			f.rest(n > 0)
		}
	}
}

func (f *feed) unsubscribe() {
	for _, p := range f.pulls {
		if p != nil {
			p.sub.Unsubscribe()
		}
	}
}

// poll takes up to n of the tasks that are there now and says how many came.
func (f *feed) poll(p *pull, n int) (got int) {
	if n == 0 {
		return 0
	}
	p.ask(n)
	timeout := time.NewTimer(pollTimeout)
	defer timeout.Stop()
	for p.left > 0 {
		select {
		case m := <-f.answers:
			if f.answer(m) {
				got++
			}
		case <-timeout.C: // NATS is away or has no leader
			p.left = 0
		case <-f.s.done:
			return got
		}
	}
	return got
}

// rest waits until a task or a new waiter comes. Idle slots keep one request of each kind parked at the server.
func (f *feed) rest(idle bool) {
	restored := f.s.link.restored()
	check := time.NewTicker(refusedPause)
	defer check.Stop()
	for {
		if idle && time.Since(f.refused) > refusedPause {
			f.park()
		}
		select {
		case m := <-f.answers:
			if f.answer(m) && !(idle && f.waiting() > 0 && lone(m)) {
				return
			}
		case <-f.wake:
			if idle && f.parked() { // what there is to fetch would have come
				continue
			}
			return
		case <-restored: // what was parked is gone with the connection
			for _, p := range f.pulls {
				p.left = 0
			}
			return
		case <-check.C:
		case <-f.s.done:
			return
		}
	}
}

// park sees to it that one request of each kind is parked. While NATS is away that comes to nothing, and rest tries again.
func (f *feed) park() {
	for _, p := range f.pulls[2:] {
		if !p.waits() {
			p.ask(1)
		}
	}
}

// parked reports whether a request of each kind waits at the server.
func (f *feed) parked() bool {
	for _, p := range f.pulls[2:] {
		if !p.waits() {
			return false
		}
	}
	return true
}

// lone reports whether a task was the only one of its kind that waited for a worker: there is nothing to fetch behind it.
func lone(m *nats.Msg) bool {
	md, err := m.Metadata()
	return err == nil && md.NumPending == 0
}

// answer takes one message from the inboxes and reports whether it was a task.
func (f *feed) answer(m *nats.Msg) bool {
	i := slices.IndexFunc(f.pulls[:], func(p *pull) bool { return p.sub == m.Sub })
	if i < 0 {
		return false
	}
	if strings.HasPrefix(m.Reply, "$JS.ACK.") {
		f.pulls[i].left = max(0, f.pulls[i].left-1)
		f.give(m)
		return true
	}
	if f.pulls[i].status(m) {
		f.refused = time.Now()
	}
	return false
}

// give passes a delivery to the slot that has waited longest, or hands it back.
func (f *feed) give(m *nats.Msg) {
	f.mu.Lock()
	if len(f.waiters) > 0 {
		f.waiters[0] <- m
		f.waiters = slices.Delete(f.waiters, 0, 1)
		f.mu.Unlock()
		return
	}
	f.mu.Unlock()
	f.s.launch(func() { f.s.tasks.returnUnused(context.Background(), m) })
}
