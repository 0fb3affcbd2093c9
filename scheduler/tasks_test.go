package scheduler

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

func submit(t testing.TB, s *System, tasks ...rung.Task) {
	t.Helper()
	for _, task := range tasks {
		if err := s.Tasks().Submit(testContext(t), task); err != nil {
			t.Fatal(err)
		}
	}
}

func take(t testing.TB, s *System) *Delivery {
	t.Helper()
	d, err := s.Tasks().Take(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// result waits for an owner's first result.
func result(t testing.TB, s *System, kind rung.TaskKind, owner string) rung.Result {
	t.Helper()
	got := errors.New("a result came")
	var res rung.Result
	err := s.Results().Follow(testContext(t), kind, owner, 0, func(_ context.Context, _ uint64, r rung.Result) error {
		res = r
		return got
	})
	if err != got {
		t.Fatalf("following the results of %s: %v, want one", owner, err)
	}
	return res
}

// noTask takes a task that was submitted behind all others, and so knows that none was before it.
func noTask(t testing.TB, s *System) {
	t.Helper()
	end := task(rung.VOD, "end", 0)
	submit(t, s, end)
	d := take(t, s)
	if d.Task().ID != end.ID {
		t.Fatalf("took %s, want none before %s", d.Task().ID, end.ID)
	}
	if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Fatal(err)
	}
}

func TestTaskIsDone(t *testing.T) {
	s := open(t, quick())
	want := task(rung.Live, "news", 7)
	want.Last, want.Store, want.Deadline = true, "s3://bucket", time.Now().Add(time.Minute).UTC()
	submit(t, s, want)
	d := take(t, s)
	if d.Task().ID != want.ID || d.Try() != 1 {
		t.Fatalf("took %s, try %d, want %s, try 1", d.Task().ID, d.Try(), want.ID)
	}
	if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done, Tracks: []rung.Track{{ID: "1080p"}}, Slot: 2}); err != nil {
		t.Fatal(err)
	}
	r := result(t, s, rung.Live, "news")
	base := ResultOf(want)
	if r.ID != base.ID || r.Interval != base.Interval || !r.Last || r.Store != want.Store || r.Prefix != want.Prefix || r.Rate != want.Ladder.Grid.Rate || r.SegmentFrames != 96 {
		t.Errorf("result %+v does not say what its task does", r)
	}
	if !r.Time.Equal(want.Time) || !r.Raised.Equal(want.Raised) || !r.Deadline.Equal(want.Deadline) {
		t.Errorf("result's times %v %v %v are not its task's %v %v %v", r.Time, r.Raised, r.Deadline, want.Time, want.Raised, want.Deadline)
	}
	if r.Outcome != rung.Done || len(r.Tracks) != 1 || r.Slot != 2 || r.Node != "test" || r.Try != 1 {
		t.Errorf("result %+v does not say what its worker did", r)
	}
	noTask(t, s)
}

func TestDuplicateTaskIsDropped(t *testing.T) {
	s := open(t, quick())
	submit(t, s, task(rung.Live, "news", 0), task(rung.Live, "news", 0), task(rung.VOD, "film", 0))
	for { // the server counts in the order of submission, so that with the film's task all are counted
		_, vod, err := s.Tasks().Pending(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if vod > 0 {
			break
		}
	}
	if live, vod, err := s.Tasks().Pending(testContext(t)); err != nil || live != 1 || vod != 1 {
		t.Fatalf("pending: %d live, %d vod, %v, want 1, 1", live, vod, err)
	}
	for range 2 {
		if err := take(t, s).Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
			t.Fatal(err)
		}
	}
	submit(t, s, task(rung.Live, "news", 0)) // the id is remembered after the task has gone
	noTask(t, s)
}

func TestLiveBeforeVOD(t *testing.T) {
	s := open(t, quick())
	for n := range int64(3) {
		submit(t, s, task(rung.VOD, "film", n))
	}
	for n := range int64(3) {
		submit(t, s, task(rung.Live, "news", n))
	}
	var got string
	for range 6 {
		d := take(t, s)
		got += d.Task().ID.String() + " "
		if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
			t.Fatal(err)
		}
	}
	want := "live.news.s1.0 live.news.s1.1 live.news.s1.2 vod.film.s1.0 vod.film.s1.1 vod.film.s1.2 "
	if got != want {
		t.Errorf("took %s, want %s", got, want)
	}
}

// TestManySlots has more slots than tasks wait at once, and each task taken once.
func TestManySlots(t *testing.T) {
	s := open(t, Options{})
	const slots, tasks = 8, 100
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	var mu sync.Mutex
	taken := map[rung.SegmentID]int{}
	var wg sync.WaitGroup
	for range slots {
		wg.Go(func() {
			for {
				d, err := s.Tasks().Take(ctx)
				if err != nil {
					if rung.CodeOf(err) != rung.CodeCanceled {
						t.Error(err)
					}
					return
				}
				if err := d.Done(context.WithoutCancel(ctx), rung.Result{Outcome: rung.Done}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				taken[d.Task().ID]++
				if len(taken) == tasks {
					cancel()
				}
				mu.Unlock()
			}
		})
	}
	for n := range int64(tasks / 2) {
		submit(t, s, task(rung.Live, "news", n), task(rung.VOD, "film", n))
	}
	wg.Wait()
	for id, n := range taken {
		if n != 1 {
			t.Errorf("%s was taken %d times, want once", id, n)
		}
	}
	if len(taken) != tasks {
		t.Errorf("%d tasks were taken, want %d", len(taken), tasks)
	}
}

func TestHeartbeatKeepsTask(t *testing.T) {
	o := quick()
	o.AckWait = time.Second
	s := open(t, o)
	submit(t, s, task(rung.Live, "news", 0))
	d := take(t, s)
	ctx, cancel := context.WithTimeout(context.Background(), 2*o.AckWait) // the time is the fact here
	defer cancel()
	if other, err := s.Tasks().Take(ctx); rung.CodeOf(err) != rung.CodeCanceled {
		t.Fatalf("took %v (%v) while its worker was alive", other, err)
	}
	if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Fatal(err)
	}
	noTask(t, s)
}

func TestDeadWorkersTaskGoesToAnother(t *testing.T) {
	n := startNATS(t)
	o := quick()
	o.URL = n.url()
	s, dead := open(t, o), open(t, o)
	submit(t, s, task(rung.Live, "news", 0))
	if d := take(t, dead); d.Try() != 1 {
		t.Fatalf("first delivery is try %d, want 1", d.Try())
	}
	dead.Close()
	d := take(t, s)
	if d.Task().ID.Number != 0 || d.Try() != 2 {
		t.Fatalf("took %s, try %d, want number 0, try 2", d.Task().ID, d.Try())
	}
	if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Fatal(err)
	}
}

func TestThreeTriesThenFailed(t *testing.T) {
	s := open(t, quick())
	submit(t, s, task(rung.Live, "news", 0))
	for try := 1; try <= 3; try++ {
		d := take(t, s)
		if d.Try() != try {
			t.Fatalf("delivery is try %d, want %d", d.Try(), try)
		}
		if err := d.Fail(testContext(t), rung.Errorf(rung.CodeEngine, "hint", "engine crashed")); err != nil {
			t.Fatal(err)
		}
	}
	r := result(t, s, rung.Live, "news")
	if r.Outcome != rung.Failed || r.Error == nil || r.Error.Code != rung.CodeEngine || r.Try != 3 || r.SegmentFrames != 96 {
		t.Errorf("result %+v, want failed by engine at try 3", r)
	}
	noTask(t, s)
}

// TestTaskThatKillsItsWorkers ends at the delivery after the last try, because no worker lived to call Fail.
func TestTaskThatKillsItsWorkers(t *testing.T) {
	n := startNATS(t)
	o := quick()
	o.URL, o.Tries = n.url(), 2
	s := open(t, o)
	submit(t, s, task(rung.VOD, "film", 0))
	for range 2 {
		worker := open(t, o)
		take(t, worker)
		worker.Close()
	}
	ctx, cancel := context.WithCancel(testContext(t))
	var wg sync.WaitGroup
	wg.Go(func() { s.Tasks().Take(ctx) })
	if r := result(t, s, rung.VOD, "film"); r.Outcome != rung.Failed || r.Try != 3 {
		t.Errorf("result %+v, want failed at its third delivery", r)
	}
	cancel()
	wg.Wait()
}

func TestHandBackIsNoTry(t *testing.T) {
	s := open(t, quick())
	submit(t, s, task(rung.Live, "news", 0))
	for range 5 {
		d := take(t, s)
		if d.Try() != 1 {
			t.Fatalf("after hand-backs it is try %d, want 1", d.Try())
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // a worker that stops has no context left
		if err := d.Fail(ctx, fmt.Errorf("slot stops: %w", context.Canceled)); err != nil {
			t.Fatal(err)
		}
	}
	d := take(t, s)
	if err := d.Fail(testContext(t), errors.New("a real one")); err != nil {
		t.Fatal(err)
	}
	if d = take(t, s); d.Try() != 2 {
		t.Errorf("after five hand-backs and one failure it is try %d, want 2", d.Try())
	}
	if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Fatal(err)
	}
}

func TestVerbs(t *testing.T) {
	s := open(t, quick())
	for _, c := range []struct {
		code rung.Code
		want rung.Outcome
	}{
		{rung.CodeBadInput, rung.Bad}, {rung.CodeUnsupported, rung.Bad}, {rung.CodeEncrypted, rung.Bad}, {rung.CodeDeadline, rung.Late},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			submit(t, s, task(rung.Live, string(c.code), 0))
			if err := take(t, s).Fail(testContext(t), rung.Errorf(c.code, "", "cause")); err != nil {
				t.Fatal(err)
			}
			if r := result(t, s, rung.Live, string(c.code)); r.Outcome != c.want || r.Error.Code != c.code || r.Interval.Frames != 96 {
				t.Errorf("result %+v, want %s", r, c.want)
			}
		})
	}
	noTask(t, s)
}

func TestCancel(t *testing.T) {
	s := open(t, quick())
	for n := range int64(3) {
		submit(t, s, task(rung.VOD, "film", n), task(rung.VOD, "other", n))
	}
	inWork := take(t, s)
	if err := s.Tasks().Cancel(testContext(t), rung.VOD, "film"); err != nil {
		t.Fatal(err)
	}
	if err := inWork.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Errorf("a task in work that was canceled meanwhile: %v", err)
	}
	for n := range int64(3) {
		d := take(t, s)
		if d.Task().ID.Owner != "other" || d.Task().ID.Number != n {
			t.Errorf("took %s, want number %d of the other job", d.Task().ID, n)
		}
		if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
			t.Fatal(err)
		}
	}
	noTask(t, s)
}

func TestIdleSlotIsWoken(t *testing.T) {
	s := open(t, quick())
	for _, kind := range []rung.TaskKind{rung.VOD, rung.Live, rung.VOD} {
		got := make(chan *Delivery, 1)
		go func() {
			d, err := s.Tasks().Take(testContext(t))
			if err != nil {
				t.Error(err)
			}
			got <- d
		}()
		untilParked(t, s)
		owner := fmt.Sprint(kind, time.Now().UnixNano())
		began := time.Now()
		submit(t, s, task(kind, owner, 0))
		d := <-got
		if took := time.Since(began); took > time.Second { // the next poll or heartbeat would be later
			t.Errorf("an idle slot got its %s task after %v, want it at once", kind, took)
		}
		if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
			t.Fatal(err)
		}
	}
}

// untilParked waits until this process's requests lie at the server.
func untilParked(t testing.TB, s *System) {
	t.Helper()
	for _, kind := range []string{"live", "vod"} {
		for {
			c, err := s.js.Consumer(testContext(t), streamTasks, kind)
			if err != nil {
				t.Fatal(err)
			}
			if c.CachedInfo().NumWaiting > 0 {
				break
			}
		}
	}
}

// TestTaskForNobody comes through a request that was parked for a slot that has gone, and is handed back.
func TestTaskForNobody(t *testing.T) {
	s := open(t, quick())
	ctx, cancel := context.WithCancel(testContext(t))
	ended := make(chan error)
	go func() {
		_, err := s.Tasks().Take(ctx)
		ended <- err
	}()
	untilParked(t, s)
	cancel()
	if err := <-ended; rung.CodeOf(err) != rung.CodeCanceled || !errors.Is(err, context.Canceled) {
		t.Errorf("Take ended with %v, want canceled", err)
	}
	submit(t, s, task(rung.Live, "news", 0))
	d := take(t, s)
	if d.Try() != 1 {
		t.Errorf("a task that nobody tried is try %d, want 1", d.Try())
	}
	if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Fatal(err)
	}
}

// TestLiveTaskLeavesTheQueue checks what bounds the queue where no worker takes from it.
func TestLiveTaskLeavesTheQueue(t *testing.T) {
	s := open(t, quick())
	late := task(rung.Live, "news", 0)
	late.Deadline = time.Now().Add(-time.Hour)
	submit(t, s, late, task(rung.VOD, "film", 0))
	st, err := s.js.Stream(testContext(t), streamTasks)
	if err != nil {
		t.Fatal(err)
	}
	for subject, want := range map[string]string{"tasks.live.news.s1.0": liveTaskGrace.String(), "tasks.vod.film.s1.0": ""} {
		m, err := st.GetLastMsgForSubject(testContext(t), subject)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Header.Get(jetstream.MsgTTLHeader); got != want {
			t.Errorf("%s lives for %q, want %q", subject, got, want)
		}
	}
}

func TestTasksThatAreRefused(t *testing.T) {
	s := open(t, quick())
	long := task(rung.VOD, "film", 0)
	long.Parts = []rung.Part{{Prefix: make([]byte, 1<<20)}}
	bad := map[string]rung.Task{"kind": task("", "news", 0), "owner": task(rung.Live, "a.b", 0), "number": task(rung.Live, "news", -1), "length": long}
	for name, task := range bad {
		if err := s.Tasks().Submit(testContext(t), task); rung.CodeOf(err) != rung.CodeInvalid {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
}

func TestSubmitAndTakeWaitForNATS(t *testing.T) {
	n := startNATS(t)
	o := quick()
	o.URL = n.url()
	s := open(t, o)
	n.stop()
	submitted := make(chan error)
	go func() { submitted <- s.Tasks().Submit(testContext(t), task(rung.Live, "news", 0)) }()
	taken := make(chan *Delivery)
	go func() {
		d, err := s.Tasks().Take(testContext(t))
		if err != nil {
			t.Error(err)
		}
		taken <- d
	}()
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := s.Tasks().Submit(short, task(rung.Live, "news", 1)); rung.CodeOf(err) != rung.CodeUnavailable {
		t.Errorf("submit without NATS, when its time is up: %v, want unavailable", err)
	}
	n.start()
	if err := <-submitted; err != nil {
		t.Fatal(err)
	}
	d := <-taken
	n.stop()
	done := make(chan error)
	go func() { done <- d.Done(testContext(t), rung.Result{Outcome: rung.Done}) }()
	n.start()
	if err := <-done; err != nil {
		t.Errorf("done over a restart of NATS: %v", err)
	}
	if r := result(t, s, rung.Live, "news"); r.Outcome != rung.Done {
		t.Errorf("result %+v, want done", r)
	}
}
