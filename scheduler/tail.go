package scheduler

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"

	"rung"
)

// tail reads the live results as they come, once for all of this process's followers. A consumer for each of them has the
// server look through everybody's results for each one's next: with a thousand channels, a thousand messages for each.
// Who joins reads through a consumer of its own first what is there already.
//
// It is for the server inside this process alone: what one consumer has brought is there for every later one. In a cluster
// another replica may lag behind.
type tail struct {
	s     *System
	start sync.Once
	begun chan struct{} // closed when what is stored from now on comes

	mu      sync.Mutex
	readers map[string]map[*tailReader]struct{} // by owner
	last    uint64                              // the last message's stream sequence
}

var (
	errCaughtUp = errors.New("all that was there has been read")
	errMissed   = errors.New("more has come than is held")
)

func newTail(s *System) *tail {
	return &tail{s: s, begun: make(chan struct{}), readers: map[string]map[*tailReader]struct{}{}}
}

// run reads until the System is closed.
func (t *tail) run() {
	ctx, cancel := t.s.lifetime()
	defer cancel()
	f := follower{s: t.s, stream: streamResults, filter: "results." + string(rung.Live) + ".>", newOnly: true}
	var once sync.Once
	f.begin = func(uint64) error {
		t.from(f.after)
		once.Do(func() { close(t.begun) })
		return nil
	}
	f.run(ctx, t.pass) // pass has no errors
}

// from says that messages come from behind a stream sequence on. Where that is before what has come, the stream is another
// one: each looks for its own place in it.
func (t *tail) from(after uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if after < t.last {
		for _, readers := range t.readers {
			for r := range readers {
				r.lose()
			}
		}
	}
	t.last = after
}

// pass gives a message to those who follow its owner. It never waits for them.
func (t *tail) pass(m *nats.Msg, md *nats.MsgMetadata) error {
	_, rest, _ := strings.Cut(strings.TrimPrefix(m.Subject, "results."), ".")
	owner, _, _ := strings.Cut(rest, ".")
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = md.Sequence.Stream
	for r := range t.readers[owner] {
		r.put(tailMessage{m, md})
	}
	return nil
}

// follow calls fn with each message of an owner that f is to read, in order, until ctx ends, fn fails or the System is
// closed.
func (t *tail) follow(ctx context.Context, owner string, f *follower, fn func(*nats.Msg, *nats.MsgMetadata) error) error {
	t.start.Do(func() { t.s.launch(t.run) })
	select {
	case <-t.begun:
	case <-ctx.Done():
		return nil
	case <-t.s.done:
		return closedError()
	}
	once := func(m *nats.Msg, md *nats.MsgMetadata) error {
		err := fn(m, md)
		if err == nil {
			f.after = md.Sequence.Stream
		}
		return err
	}
	for {
		if err := t.read(ctx, owner, f, once); !errors.Is(err, errMissed) {
			return err
		}
	}
}

// read joins, catches up and goes on, until it misses something. fn moves f on.
func (t *tail) read(ctx context.Context, owner string, f *follower, fn func(*nats.Msg, *nats.MsgMetadata) error) error {
	r := t.join(owner) // before what is there is read, so that nothing falls between
	defer t.leave(owner, r)
	if err := catchUp(ctx, f, fn); err != errCaughtUp {
		return err
	}
	for {
		messages, lost := r.take()
		for _, m := range messages {
			if m.md.Sequence.Stream <= f.after { // it was there already
				continue
			}
			if err := fn(m.msg, m.md); err != nil {
				return err
			}
		}
		if lost {
			return errMissed
		}
		select {
		case <-r.wake:
		case <-ctx.Done():
			return nil
		case <-t.s.done:
			return closedError()
		}
	}
}

// catchUp reads what is there now. It gives errCaughtUp then.
func catchUp(ctx context.Context, f *follower, fn func(*nats.Msg, *nats.MsgMetadata) error) error {
	left := uint64(0)
	f.begin = func(pending uint64) error {
		if left = pending; left == 0 {
			return errCaughtUp
		}
		return nil
	}
	return f.run(ctx, func(m *nats.Msg, md *nats.MsgMetadata) error {
		if err := fn(m, md); err != nil {
			return err
		}
		if left--; left == 0 {
			return errCaughtUp
		}
		return nil
	})
}

func (t *tail) join(owner string) *tailReader {
	r := &tailReader{wake: make(chan struct{}, 1)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.readers[owner] == nil {
		t.readers[owner] = map[*tailReader]struct{}{}
	}
	t.readers[owner][r] = struct{}{}
	return r
}

func (t *tail) leave(owner string, r *tailReader) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if delete(t.readers[owner], r); len(t.readers[owner]) == 0 {
		delete(t.readers, owner)
	}
}
