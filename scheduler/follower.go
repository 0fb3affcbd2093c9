package scheduler

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	followHeartbeat = 2 * time.Second
	followLost      = 2*followHeartbeat + time.Second // without a message or heartbeat the consumer counts as lost
	followPause     = 250 * time.Millisecond          // before another try
)

// errLost ends a consumer that has to be made anew.
var errLost = errors.New("the stream's consumer is lost")

// follower reads a stream in order, message by message without a hole, for as long as it is wanted. Each consumer is the
// server's only for a while; when a message is missing or the server falls silent, another one carries on after the last
// message.
type follower struct {
	s       *System
	stream  string
	filter  string
	after   uint64 // the last message's stream sequence
	newOnly bool   // the first time, begin with what comes from now on
	latest  bool   // each time, begin with the last message of each subject

	// begin, where set, is called with each new consumer before its first message: how many messages lie before now.
	begin func(pending uint64) error

	warned bool // of the trouble that lasts
}

// stopError carries the caller's own error past the tries.
type stopError struct{ error }

// run calls fn for each message. It returns nil when ctx ends and fn's error when fn fails.
func (f *follower) run(ctx context.Context, fn func(*nats.Msg, *nats.MsgMetadata) error) error {
	for {
		err := f.follow(ctx, fn)
		var stop stopError
		switch {
		case errors.As(err, &stop):
			return stop.error
		case ctx.Err() != nil:
			return nil
		case !f.warned && !isAway(err) && !errors.Is(err, errLost):
			f.warned = true
			f.s.o.Logger.Warn("stream cannot be followed", "stream", f.stream, "filter", f.filter, "error", err)
		}
		if err := f.s.pause(ctx, followPause); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// follow reads through one consumer.
func (f *follower) follow(ctx context.Context, fn func(*nats.Msg, *nats.MsgMetadata) error) error {
	in, err := f.subscribe()
	if err != nil {
		return err
	}
	defer in.close()
	c, err := f.create(ctx, in.sub.Subject)
	if err != nil {
		return err
	}
	defer f.remove(c.Name)
	if f.begin != nil {
		if err := f.begin(c.NumPending + c.Delivered.Consumer); err != nil {
			return stopError{err}
		}
	}
	for next := uint64(1); ; next++ {
		m, err := f.receive(ctx, in)
		if err != nil {
			return err
		}
		md, err := m.Metadata()
		if err != nil || md.Sequence.Consumer != next {
			return errLost
		}
		if err := fn(m, md); err != nil {
			return stopError{err}
		}
		f.after, f.warned = md.Sequence.Stream, false
	}
}

func (f *follower) subscribe() (in *intake, err error) {
	in = &intake{messages: make(chan *nats.Msg), quit: make(chan struct{}), restored: f.s.link.restored()}
	in.sub, err = f.s.nc.Subscribe(f.s.nc.NewInbox(), func(m *nats.Msg) {
		select {
		case in.messages <- m:
		case <-in.quit:
		}
	})
	return in, err
}

// create makes a consumer that pushes to inbox. The server forgets it some seconds after this process has gone.
func (f *follower) create(ctx context.Context, inbox string) (*jetstream.ConsumerInfo, error) {
	ctx, cancel := f.s.call(ctx)
	defer cancel()
	c := jetstream.ConsumerConfig{
		DeliverSubject: inbox, FilterSubject: f.filter, AckPolicy: jetstream.AckNonePolicy,
		FlowControl: true, IdleHeartbeat: followHeartbeat, InactiveThreshold: 30 * time.Second,
		MemoryStorage: true, Replicas: 1,
	}
	switch {
	case f.latest:
		c.DeliverPolicy = jetstream.DeliverLastPerSubjectPolicy
	default:
		if err := f.findPosition(ctx); err != nil {
			return nil, err
		}
		c.DeliverPolicy, c.OptStartSeq = jetstream.DeliverByStartSequencePolicy, f.after+1
	}
	pc, err := f.s.js.CreatePushConsumer(ctx, f.stream, c)
	if err != nil {
		return nil, err
	}
	return pc.CachedInfo(), nil
}

// findPosition sets where "from now on" is, once. It begins anew where the stream is another than the one that the
// position was in: it was lost with the server's memory or disk, and counts from 1 again.
func (f *follower) findPosition(ctx context.Context) error {
	if f.after == 0 && !f.newOnly {
		return nil
	}
	st, err := f.s.js.Stream(ctx, f.stream)
	if err != nil {
		return err
	}
	last := st.CachedInfo().State.LastSeq
	switch {
	case f.newOnly:
		f.newOnly, f.after = false, last
	case last < f.after:
		f.s.o.Logger.Warn("stream begins anew", "stream", f.stream, "after", f.after, "last", last)
		f.after = 0
	}
	return nil
}

// receive gives the next message, and answers the server's flow control and heartbeats on the way.
func (f *follower) receive(ctx context.Context, in *intake) (*nats.Msg, error) {
	silence := time.NewTimer(followLost)
	defer silence.Stop()
	for {
		select {
		case m := <-in.messages:
			if m.Header.Get("Status") == "" {
				return m, nil
			}
			if m.Header.Get("Status") != "100" {
				return nil, errLost
			}
			f.answer(m)
			silence.Reset(followLost)
		case <-in.restored: // the server may be another one
			return nil, errLost
		case <-silence.C:
			return nil, errLost
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.s.done:
			return nil, closedError()
		}
	}
}

// answer lets the server send on: all before this message has been taken.
func (f *follower) answer(m *nats.Msg) {
	if m.Reply != "" {
		m.Respond(nil)
	}
	if stalled := m.Header.Get("Nats-Consumer-Stalled"); stalled != "" {
		f.s.nc.Publish(stalled, nil)
	}
}

// remove spares the server the wait for the consumer's inactivity.
func (f *follower) remove(name string) {
	if !f.s.nc.IsConnected() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	f.s.js.DeleteConsumer(ctx, f.stream, name)
}
