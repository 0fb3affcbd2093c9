package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// numbers follows an owner's results until it has the last, and gives their numbers and the last one's sequence.
func numbers(t *testing.T, s *System, owner string, after uint64, last int64) (all []int64, seq uint64) {
	err := s.Results().Follow(testContext(t), rung.Live, owner, after, func(_ context.Context, at uint64, r rung.Result) error {
		if r.ID.Owner != owner || at <= seq {
			t.Errorf("follower of %s got %s at %d, after %d", owner, r.ID, at, seq)
		}
		all, seq = append(all, r.ID.Number), at
		if r.ID.Number == last {
			return errEnough
		}
		return nil
	})
	if err != errEnough {
		t.Errorf("Follow %s: %v, want what its function returned", owner, err)
	}
	return all, seq
}

func upTo(from, to int64) (all []int64) {
	for n := from; n < to; n++ {
		all = append(all, n)
	}
	return all
}

// Whoever joins while results come has each of its own once and in order, be it from the stream or as it comes, whenever
// it leaves and joins again.
func TestTailReadersHaveAll(t *testing.T) {
	const owners, results = 20, 120
	s := open(t, quick())
	var wg sync.WaitGroup
	defer wg.Wait()
	for i := range owners {
		owner := fmt.Sprintf("channel-%d", i)
		wg.Go(func() { publish(t, s, owner, 0, results) })
		wg.Go(func() {
			var all []int64
			after := uint64(0)
			for next := int64(0); next < results; {
				part, seq := numbers(t, s, owner, after, min(next+int64(i), results-1))
				all, after = append(all, part...), seq
				next = all[len(all)-1] + 1
			}
			if !slices.Equal(all, upTo(0, results)) {
				t.Errorf("%s has %v", owner, all)
			}
		})
	}
}

// One that is slow holds nobody up, and has what it missed from the stream.
func TestTailDoesNotWaitForASlowReader(t *testing.T) {
	const results = 3 * tailRoom
	s := open(t, quick())
	publish(t, s, "slow", 0, 1)
	began, resume := make(chan struct{}), make(chan struct{})
	done := make(chan []int64)
	go func() {
		var all []int64
		err := s.Results().Follow(testContext(t), rung.Live, "slow", 0, func(_ context.Context, _ uint64, r rung.Result) error {
			if all = append(all, r.ID.Number); len(all) == 2 {
				close(began)
				<-resume
			}
			if r.ID.Number == results {
				return errEnough
			}
			return nil
		})
		if err != errEnough {
			t.Errorf("Follow: %v", err)
		}
		done <- all
	}()
	publish(t, s, "slow", 1, 2)
	<-began
	publish(t, s, "slow", 2, results+1)
	publish(t, s, "quick", 0, 1)
	if all, _ := numbers(t, s, "quick", 0, 0); !slices.Equal(all, []int64{0}) {
		t.Errorf("beside a slow one came %v", all)
	}
	close(resume)
	if all := <-done; !slices.Equal(all, upTo(0, results+1)) {
		t.Errorf("the slow one has %v", all)
	}
}

// However many follow, one consumer reads the results for them.
func TestTailIsOneConsumer(t *testing.T) {
	const owners = 30
	s := open(t, quick())
	ctx, cancel := context.WithCancel(testContext(t))
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	heard := make(chan string, owners)
	for i := range owners {
		owner := fmt.Sprintf("channel-%d", i)
		publish(t, s, owner, 0, 1)
		wg.Go(func() {
			err := s.Results().Follow(ctx, rung.Live, owner, 0, func(_ context.Context, _ uint64, r rung.Result) error {
				heard <- r.ID.Owner
				return nil
			})
			if err != nil {
				t.Errorf("Follow: %v", err)
			}
		})
	}
	for n := int64(1); n < 4; n++ {
		for range owners {
			<-heard
		}
		for i := range owners {
			publish(t, s, fmt.Sprintf("channel-%d", i), n, n+1)
		}
	}
	for { // what they caught up with is taken away behind them
		st, err := s.js.Stream(ctx, streamResults)
		if err != nil {
			t.Fatal(err)
		}
		if n := st.CachedInfo().State.Consumers; n == 1 {
			return
		}
		if err := s.pause(ctx, 10*time.Millisecond); err != nil {
			t.Fatal("results are read by more than one consumer")
		}
	}
}

// A stream that begins anew has its readers look for their places in it.
func TestTailOverANewStream(t *testing.T) {
	s := open(t, quick())
	publish(t, s, "other", 0, 10)
	next, end := followed(t, s, "news")
	next(0)
	ctx := testContext(t)
	if err := s.js.DeleteStream(ctx, streamResults); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Fatal(err)
	}
	if err := s.declare(ctx); err != nil {
		t.Fatal(err)
	}
	for want := range int64(3) {
		next(want + 1)
	}
	end()
}
