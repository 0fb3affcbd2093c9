package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"rung"
)

// errEnough ends a Follow or Watch from inside.
var errEnough = errors.New("enough")

func publish(t testing.TB, s *System, owner string, from, to int64) {
	t.Helper()
	for n := from; n < to; n++ {
		r := ResultOf(task(rung.Live, owner, n))
		r.Outcome = rung.Done
		if err := s.Results().Publish(testContext(t), r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFollowResults(t *testing.T) {
	s := open(t, quick())
	publish(t, s, "news", 0, 5)
	publish(t, s, "other", 0, 5)
	publish(t, s, "news", 3, 8) // 3 and 4 are duplicates
	var numbers []int64
	var seqs []uint64
	follow := func(after uint64, last int64) {
		t.Helper()
		err := s.Results().Follow(testContext(t), rung.Live, "news", after, func(_ context.Context, seq uint64, r rung.Result) error {
			numbers, seqs = append(numbers, r.ID.Number), append(seqs, seq)
			if r.ID.Number == last {
				return errEnough
			}
			return nil
		})
		if err != errEnough {
			t.Fatalf("Follow: %v, want what its function returned", err)
		}
	}
	follow(0, 5)
	follow(seqs[len(seqs)-1], 7)
	if want := []int64{0, 1, 2, 3, 4, 5, 6, 7}; !slices.Equal(numbers, want) {
		t.Errorf("followed %v, want %v", numbers, want)
	}
}

// TestFollowMoreThanTheServerAllows has more followers than a server lets read a stream that does not say how many it wants.
func TestFollowMoreThanTheServerAllows(t *testing.T) {
	const bound, followers = 3, 6
	n := startGuarded(t, server.Options{JetStreamLimits: server.JSLimitOpts{DefaultMaxConsumers: bound}})
	o := quick()
	o.URL = n.url()
	s := open(t, o)
	heard := make(chan string, followers)
	ctx, cancel := context.WithCancel(testContext(t))
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for i := range followers {
		owner := fmt.Sprintf("channel-%d", i)
		publish(t, s, owner, 0, 1)
		wg.Go(func() {
			s.Results().Follow(ctx, rung.Live, owner, 0, func(_ context.Context, _ uint64, r rung.Result) error {
				heard <- r.ID.Owner
				return nil
			})
		})
	}
	for range followers {
		select {
		case <-heard:
		case <-ctx.Done():
			t.Fatal("not all followers hear their results")
		}
	}
}

// TestOpenWithFewConsumers opens the queue in an account that allows fewer consumers than the streams ask for.
func TestOpenWithFewConsumers(t *testing.T) {
	n := startNATS(t)
	err := n.srv.GlobalAccount().UpdateJetStreamLimits(map[string]server.JetStreamAccountLimits{"": {
		MaxMemory: -1, MaxStore: -1, MaxStreams: -1, MaxConsumers: 10, MaxAckPending: -1, MemoryMaxStreamBytes: -1, StoreMaxStreamBytes: -1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	o := quick()
	o.URL = n.url()
	works(t, o)
}

func TestFollowEndsWithItsContext(t *testing.T) {
	s := open(t, quick())
	ctx, cancel := context.WithCancel(testContext(t))
	publish(t, s, "news", 0, 1)
	err := s.Results().Follow(ctx, rung.Live, "news", 0, func(context.Context, uint64, rung.Result) error {
		cancel()
		return nil
	})
	if err != nil {
		t.Errorf("Follow of an ended context: %v, want nil", err)
	}
}

// TestFollowManyBytes has more to send than a subscription holds (64 MiB), and a reader that is slower than the server.
func TestFollowManyBytes(t *testing.T) {
	s := open(t, Options{Memory: true})
	const results, size = 100, 900 << 10
	r := ResultOf(task(rung.VOD, "film", 0))
	r.Prefix = strings.Repeat("x", size)
	for n := range int64(results) {
		r.ID.Number = n
		if err := s.Results().Publish(testContext(t), r); err != nil {
			t.Fatal(err)
		}
	}
	next := int64(0)
	err := s.Results().Follow(testContext(t), rung.VOD, "film", 0, func(_ context.Context, _ uint64, r rung.Result) error {
		if r.ID.Number != next || len(r.Prefix) != size {
			t.Errorf("followed number %d with %d bytes, want %d with %d", r.ID.Number, len(r.Prefix), next, size)
		}
		if next++; next == results {
			return errEnough
		}
		return nil
	})
	if err != errEnough {
		t.Fatalf("after %d of %d results: %v", next, results, err)
	}
}

// TestFollowOverRestart restarts NATS between events, with what its memory held lost.
func TestFollowOverRestart(t *testing.T) {
	n := startNATS(t)
	o := quick()
	o.URL = n.url()
	s := open(t, o)
	next, end := followed(t, s, "news")
	for want := range int64(6) {
		if want%2 == 1 {
			n.stop()
			n.start()
		}
		next(want)
	}
	end()
}

// followed follows an owner's live results. next publishes the next one and wants it to come, end ends it.
func followed(t *testing.T, s *System, owner string) (next func(want int64), end func()) {
	got, ended := make(chan int64), make(chan error)
	ctx, cancel := context.WithCancel(testContext(t))
	go func() {
		ended <- s.Results().Follow(ctx, rung.Live, owner, 0, func(_ context.Context, _ uint64, r rung.Result) error {
			got <- r.ID.Number
			return nil
		})
	}()
	next = func(want int64) {
		t.Helper()
		publish(t, s, owner, want, want+1)
		if n := <-got; n != want {
			t.Fatalf("followed %d, want %d", n, want)
		}
	}
	end = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	return next, end
}

func TestEvents(t *testing.T) {
	s := open(t, quick())
	e := s.Events()
	if recent, err := e.Recent(testContext(t), 10); err != nil || len(recent) != 0 {
		t.Errorf("recent events of an empty feed: %v, %v", recent, err)
	}
	for n := range 20 {
		if err := e.Publish(testContext(t), rung.Event{Type: "channel.state", Severity: rung.Info, Channel: "news", Message: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	recent, err := e.Recent(testContext(t), 3)
	if err != nil || len(recent) != 3 || recent[0].Message != "17" || recent[2].Message != "19" {
		t.Fatalf("recent events %+v, %v, want 17 to 19", recent, err)
	}
	var next []string
	err = e.Follow(testContext(t), recent[0].Seq, func(ev rung.Event) error {
		if next = append(next, ev.Message); len(next) == 2 {
			return errEnough
		}
		return nil
	})
	if err != errEnough || !slices.Equal(next, []string{"18", "19"}) {
		t.Errorf("after %d came %v (%v), want 18 and 19", recent[0].Seq, next, err)
	}
	if err := e.Publish(testContext(t), rung.Event{Type: "a b"}); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("an event whose type cannot be a subject: %v, want invalid", err)
	}
}

func TestFollowNewEvents(t *testing.T) {
	s := open(t, quick())
	e := s.Events()
	if err := e.Publish(testContext(t), rung.Event{Type: "test", Message: "old"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(testContext(t))
	published := make(chan struct{})
	go func() { // the follower's beginning cannot be seen from outside, so new ones come until it has one
		defer close(published)
		for ctx.Err() == nil {
			if err := e.Publish(ctx, rung.Event{Type: "test", Message: "new"}); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	}()
	err := e.Follow(ctx, 0, func(ev rung.Event) error {
		if ev.Message != "new" || ev.Seq < 2 {
			t.Errorf("followed %+v, want a new one", ev)
		}
		return errEnough
	})
	if err != errEnough {
		t.Error(err)
	}
	cancel()
	<-published
}
