package ingest

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// The segmenter says before when its next segment will not be complete, of sources whose jitter is within promptness: so
// most of the time nobody need look at what comes.
func TestSegmenterTellsWhenNothingIsComplete(t *testing.T) {
	for name, st := range map[string]testStream{
		"steady":      {rate: fps25, gop: 24, pictures: 2000, start: 90000},
		"sound late":  {rate: fps25, gop: 24, pictures: 2000, start: 90000, audioLag: 90000 / 2},
		"sound alone": {rate: fps25, gop: 24, pictures: 2000, start: 90000, noVideo: true},
		"59.94 Hz":    {rate: fps2997, gop: 30, pictures: 2000, start: 90000, noAudio: true},
	} {
		for _, jitter := range []time.Duration{0, promptness * 9 / 10} {
			s, tasks := testSegmenter(st.layout(), testLadder(st.rate, 96))
			r, quiet, all := rand.New(rand.NewPCG(1, 2)), 0, st.events()
			now := begin
			for _, e := range all {
				at := begin.Add(time.Duration(e.order-all[0].order) * time.Second / 90000)
				if jitter > 0 {
					at = at.Add(time.Duration(r.Int64N(int64(jitter))))
				}
				if at.After(now) { // they stay in order
					now = at
				}
				before, raised := s.earliest(), len(*tasks)
				tell(s, e, now)
				if now.Before(before) {
					quiet++
					if len(*tasks) > raised {
						t.Errorf("%s, jitter %v: segment %d was complete %v before it was to be", name, jitter, raised, before.Sub(now))
					}
				}
			}
			if share := float64(quiet) / float64(len(all)); share < 0.7 {
				t.Errorf("%s, jitter %v: only %.0f%% of what came may wait", name, jitter, 100*share)
			}
		}
	}
}

// oldest is when what has waited longest arrived; zero where nothing waits.
func (q *blockQueue) oldest() time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.blocks) == 0 {
		return time.Time{}
	}
	return q.blocks[0].arrived
}

// A running channel lets packets wait in the midst of a segment, for no longer than until the next look at the clock, and raises each
// segment at the instant at which its last packet comes.
func TestRunnerRestsWithinSegments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		packets := testStream{rate: fps25, gop: 24, pictures: 900, start: 90000}.mux()
		f := newFakes()
		opts := f.manager(receivers(&fakeReceiver{packets: packets})).opts
		begun := time.Now()
		r := newRunner(&opts, *newsChannel(), begun)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); r.run(ctx) }()
		waited, longest := 0, time.Duration(0)
		for range 1500 {
			time.Sleep(20 * time.Millisecond)
			synctest.Wait()
			if at := r.queue.oldest(); !at.IsZero() {
				waited++
				longest = max(longest, time.Since(at))
			}
		}
		stop()
		<-done
		if waited < 1000 {
			t.Errorf("packets waited at %d looks of 1500", waited)
		}
		if longest > restTime {
			t.Errorf("packets waited for %v", longest)
		}
		came := map[time.Duration]bool{}
		for _, p := range packets {
			came[p.at] = true
		}
		tasks := f.raised()
		if len(tasks) < 6 {
			t.Fatalf("%d tasks in 30 s", len(tasks))
		}
		for i, k := range tasks {
			if at := k.Arrived.Sub(begun); !came[at] {
				t.Errorf("task %d: its source came at %v, when no packet did", i, at)
			}
			if late := k.Raised.Sub(k.Arrived); late != 0 {
				t.Errorf("task %d was raised %v after its source had come", i, late)
			}
		}
	})
}
