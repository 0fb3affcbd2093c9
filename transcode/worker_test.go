package transcode

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rung"
	"rung/internal/objects"
)

// rig is a worker that runs, with everything it is connected to.
type rig struct {
	t      *testing.T
	worker *Worker
	queue  testQueue
	store  *testStore
	stop   context.CancelFunc
	kill   context.CancelFunc
	ended  chan error
}

// newRig starts a worker of one slot; change may alter its options first.
func newRig(t *testing.T, change func(*WorkerOptions)) *rig {
	t.Helper()
	r := &rig{t: t, queue: make(testQueue, 10), store: newTestStore(), ended: make(chan error, 1)}
	opts := WorkerOptions{
		Node: "n1", Slots: 1, Engine: fakeOptions(t, "ready"), Queue: r.queue, Stores: r.store.open,
		Window: testWindow{"SRC_news": []byte("source of the news")},
		Open: func(ctx context.Context, url string) (objects.Object, error) {
			return objects.Open(ctx, url, objects.Policy{})
		},
	}
	if change != nil {
		change(&opts)
	}
	var err error
	if r.worker, err = NewWorker(opts); err != nil {
		t.Fatal(err)
	}
	var ctx, stop context.Context
	ctx, r.kill = context.WithCancel(context.Background())
	stop, r.stop = context.WithCancel(context.Background())
	go func() { r.ended <- r.worker.Run(ctx, stop) }()
	t.Cleanup(func() {
		r.kill()
		r.stop()
	})
	return r
}

// drain stops the worker and waits for its end.
func (r *rig) drain() {
	r.t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		r.t.Errorf("the worker ends with %v", err)
	}
}

// give queues a task.
func (r *rig) give(task rung.Task) *testDelivery {
	d := newTestDelivery(task)
	r.queue <- d
	return d
}

// result waits for a task's success.
func (r *rig) result(d *testDelivery) rung.Result {
	r.t.Helper()
	select {
	case res := <-d.done:
		return res
	case err := <-d.failed:
		r.t.Fatalf("the task failed: %v", err)
		return rung.Result{}
	}
}

// failure waits for a task's failure.
func (r *rig) failure(d *testDelivery) error {
	r.t.Helper()
	select {
	case res := <-d.done:
		r.t.Fatalf("the task succeeded: %+v", res)
		return nil
	case err := <-d.failed:
		return err
	}
}

// liveTask is segment n of a channel; the session says how the fake engine behaves.
func liveTask(session string, n int64) rung.Task {
	grid := rung.Grid{Rate: rung.R(25, 1), SegmentFrames: 96}
	now := time.Now()
	return rung.Task{
		ID: rung.SegmentID{Kind: rung.Live, Owner: "news", Session: session, Number: n}, Interval: grid.Segment(n),
		Ladder: rung.Ladder{Profile: "hd5", Grid: grid,
			Video: []rung.VideoRendition{{ID: "720p"}, {ID: "360p"}},
			Audio: []rung.AudioRendition{{ID: "audio", Channels: 2, Language: "eng", Name: "English"}}},
		Store: "s3://secret@bucket", Prefix: "live/news/" + session,
		Parts: []rung.Part{{Window: &rung.WindowRange{Stream: "SRC_news", First: 1, Last: 2, Length: 18}, Format: "mpegts"}},
		Time:  now, Raised: now, Deadline: now.Add(time.Minute),
	}
}

// vodTask is the same of a job whose source is a file.
func vodTask(t *testing.T, session string, content string) rung.Task {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.ts")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := objects.Open(t.Context(), path, objects.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	task := liveTask(session, 0)
	task.ID.Kind, task.ID.Owner, task.Deadline = rung.VOD, "job1", time.Time{}
	task.Parts = []rung.Part{{Object: &rung.ObjectRange{URL: path, Size: o.Size(), ETag: o.ETag()}, Format: "mov"}}
	return task
}

func TestWorkerResult(t *testing.T) {
	r := newRig(t, nil)
	task := liveTask("s1", 7)
	d := r.give(task)
	got := r.result(d)
	r.drain()

	init := func(id string) string {
		hash := sha256.Sum256([]byte("init of " + id))
		return fmt.Sprintf("live/news/s1/%s/init-%x.mp4", id, hash[:4])
	}
	media := func(id string) string {
		return fmt.Sprintf("%s %x %q %q", id, sha256.Sum256([]byte("source of the news")), "", "")
	}
	want := []rung.Track{
		{ID: "720p", Type: "video", Key: "live/news/s1/720p/00007.m4s", Init: init("720p"), Bytes: int64(len(media("720p"))),
			Frames: 96, Codecs: "codec.720p", Width: 16, Height: 9, FrameRate: rung.R(25, 1)},
		{ID: "360p", Type: "video", Key: "live/news/s1/360p/00007.m4s", Init: init("360p"), Bytes: int64(len(media("360p"))),
			Frames: 96, Codecs: "codec.360p", Width: 16, Height: 9, FrameRate: rung.R(25, 1)},
		{ID: "audio", Type: "audio", Key: "live/news/s1/audio/00007.m4s", Init: init("audio"), Bytes: int64(len(media("audio"))),
			Frames: 96, Codecs: "codec.audio", Channels: 2, Language: "eng", Name: "English"},
	}
	if !reflect.DeepEqual(got.Tracks, want) {
		t.Errorf("tracks are\n%+v, want\n%+v", got.Tracks, want)
	}
	if got.Started.IsZero() || got.Finished.Before(got.Started) {
		t.Errorf("started %v, finished %v", got.Started, got.Finished)
	}
	rest := rung.Result{ID: task.ID, Store: task.Store, Prefix: task.Prefix, Outcome: rung.Done, Interval: task.Interval,
		Rate: rung.R(25, 1), SegmentFrames: 96, Time: task.Time, Raised: task.Raised, Deadline: task.Deadline,
		Tracks: got.Tracks, Stats: rung.EncodeStats{Decoded: 42}, Node: "n1", Try: 2, Started: got.Started, Finished: got.Finished}
	if !reflect.DeepEqual(got, rest) {
		t.Errorf("result is\n%+v, want\n%+v", got, rest)
	}
	for _, track := range want {
		m, i := r.store.objects[track.Key], r.store.objects[track.Init]
		if m.body != media(track.ID) || i.body != "init of "+track.ID {
			t.Errorf("%s: the store has %q and %q", track.ID, m.body, i.body)
		}
		o := rung.ObjectOptions{ContentType: track.Type + "/mp4", CacheControl: "public, max-age=31536000, immutable"}
		if m.options != o {
			t.Errorf("%s is stored with %+v", track.Key, m.options)
		}
		if o.IfAbsent = true; i.options != o {
			t.Errorf("%s is stored with %+v", track.Init, i.options)
		}
	}
}

func TestWorkerPutsInitSegmentsOnce(t *testing.T) {
	r := newRig(t, nil)
	first := r.result(r.give(liveTask("s1", 0)))
	second := r.result(r.give(liveTask("s1", 1)))
	r.drain()
	for i, track := range first.Tracks {
		if track.Init != second.Tracks[i].Init || r.store.puts[track.Init] != 1 {
			t.Errorf("%s was put %d times, the second segment has %s", track.Init, r.store.puts[track.Init], second.Tracks[i].Init)
		}
	}
	if f := r.worker.Figures(); f.Done != 2 || f.Failed != 0 || f.Busy != 0 || f.States[0].Stage != StageIdle || f.States[0].Engine.PID != 0 {
		t.Errorf("figures after the end are %+v", f)
	}
}

func TestWorkerRetriesTheStore(t *testing.T) {
	r := newRig(t, nil)
	fails := 2
	r.store.fail = func(key string) error { // under the store's lock
		if strings.HasSuffix(key, "/720p/00000.m4s") && fails > 0 {
			fails--
			return rung.Errorf(rung.CodeUnavailable, "", "the store is away")
		}
		return nil
	}
	d := r.give(liveTask("s1", 0))
	res := r.result(d)
	r.drain()
	if n := r.store.puts["live/news/s1/720p/00000.m4s"]; n != 3 {
		t.Errorf("the segment was put %d times, want 3", n)
	}
	if len(res.Tracks) != 3 || r.store.objects[res.Tracks[0].Key].body == "" {
		t.Errorf("the result is %+v", res)
	}
}

func TestWorkerDoesNotRetryARefusingStore(t *testing.T) {
	r := newRig(t, nil)
	r.store.fail = func(string) error { return rung.Errorf(rung.CodeForbidden, "", "the key may not write") }
	wantError(t, r.failure(r.give(liveTask("s1", 0))), rung.CodeForbidden, "may not write")
	r.drain()
	for key, n := range r.store.puts {
		if n != 1 {
			t.Errorf("%s was put %d times", key, n)
		}
	}
	if f := r.worker.Figures(); f.Failed != 1 {
		t.Errorf("figures are %+v", f)
	}
}

func TestWorkerReportsAgainWhileTheQueueIsAway(t *testing.T) {
	r := newRig(t, nil)
	d := newTestDelivery(liveTask("s1", 0))
	d.doneErrs <- rung.Errorf(rung.CodeUnavailable, "", "the queue is away")
	r.queue <- d
	r.result(d)
	r.drain()
	if n := r.store.puts["live/news/s1/720p/00000.m4s"]; n != 1 {
		t.Errorf("the segment was put %d times", n)
	}
}

func TestWorkerFailures(t *testing.T) {
	expired := liveTask("s1", 0)
	expired.Parts[0].Window.Stream = "SRC_gone"
	short := liveTask("s1", 0)
	short.Parts[0].Window.Length = 20
	sourceless := liveTask("s1", 0)
	sourceless.Parts[0].Window = nil
	late := liveTask("s1", 0)
	late.Deadline = time.Now().Add(-4 * time.Second)
	nowhere := liveTask("s1", 0)
	nowhere.Store = "s3://elsewhere"
	moved := vodTask(t, "s1", "source")
	moved.Parts[0].Object.URL += ".gone"
	changed := vodTask(t, "s1", "source")
	changed.Parts[0].Object.ETag = `"other"`
	beyond := vodTask(t, "s1", "source")
	beyond.Parts[0].Object.End = 7
	tests := map[string]struct {
		task rung.Task
		code rung.Code
		word string
	}{
		"source expired":        {expired, rung.CodeBadInput, "no longer in the window"},
		"source short":          {short, rung.CodeUnavailable, "18 bytes of 20"},
		"no source":             {sourceless, rung.CodeInternal, "part 0"},
		"late":                  {late, rung.CodeDeadline, "after its deadline"},
		"bad input":             {liveTask("bad", 0), rung.CodeBadInput, "no picture"},
		"crash":                 {liveTask("crash", 0), rung.CodeEngine, "SIGSEGV"},
		"renditions missing":    {liveTask("forgetful", 0), rung.CodeEngine, `no track "720p"`},
		"unknown store":         {nowhere, rung.CodeNotFound, "elsewhere"},
		"object missing":        {moved, rung.CodeNotFound, "there is no file"},
		"object changed":        {changed, rung.CodeBadInput, "changed after it was indexed"},
		"range past the object": {beyond, rung.CodeInternal, "0 to 7"},
	}
	r := newRig(t, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			wantError(t, r.failure(r.give(test.task)), test.code, test.word)
		})
	}
	r.result(r.give(liveTask("s1", 1)))
	r.drain()
	if f := r.worker.Figures(); int(f.Failed) != len(tests) || f.Done != 1 {
		t.Errorf("figures are %+v", f)
	}
}

func TestWorkerReadsObjects(t *testing.T) {
	r := newRig(t, nil)
	whole := vodTask(t, "s1", "0123456789")
	part := vodTask(t, "s2", "0123456789")
	part.Parts[0].Object.Offset, part.Parts[0].Object.End = 2, 6
	for task, source := range map[*rung.Task]string{&whole: "0123456789", &part: "2345"} {
		res := r.result(r.give(*task))
		want := fmt.Sprintf("720p %x %q %q", sha256.Sum256([]byte(source)), "", "input:0")
		if got := r.store.objects[res.Tracks[0].Key].body; got != want {
			t.Errorf("the segment is %q, want %q: its source, and no places", got, want)
		}
	}
	r.drain()
}

func TestWorkerHangs(t *testing.T) {
	r := newRig(t, func(o *WorkerOptions) { o.TaskTimeout = 200 * time.Millisecond })
	wantError(t, r.failure(r.give(vodTask(t, "hang", "x"))), rung.CodeEngine, "not done within 200ms")
	live := liveTask("hang", 0)
	live.Interval.Frames, live.Deadline = 2, time.Now() // 80 ms each: two of them are given
	wantError(t, r.failure(r.give(live)), rung.CodeDeadline, "not done by its deadline")
	r.drain()
}

func TestWorkerStopFinishesWhatRuns(t *testing.T) {
	var stopped atomic.Bool
	r := newRig(t, nil)
	r.store.fail = func(string) error {
		if stopped.Load() {
			return nil
		}
		return rung.Errorf(rung.CodeUnavailable, "", "away until the worker is stopped")
	}
	d := r.give(liveTask("s1", 0))
	<-r.store.put
	r.stop()
	stopped.Store(true)
	r.drain()
	r.result(d)
	if len(r.queue) != 0 {
		t.Error("the task is back in the queue")
	}
	r.give(liveTask("s1", 1))
	if len(r.queue) != 1 {
		t.Error("a stopped worker took a task")
	}
}

func TestWorkerKillHandsBack(t *testing.T) {
	reading := make(chan struct{})
	r := newRig(t, func(o *WorkerOptions) {
		o.Open = func(ctx context.Context, _ string) (objects.Object, error) {
			return objects.NewRanged(ctx, 10, "", func(ctx context.Context, _, _ int64) ([]byte, error) {
				close(reading)
				<-ctx.Done()
				return nil, ctx.Err()
			}, nil), nil
		}
	})
	task := liveTask("s1", 0)
	task.Parts = []rung.Part{{Object: &rung.ObjectRange{URL: "test", Size: 10}, Format: "mov"}}
	d := r.give(task)
	<-reading
	if f := r.worker.Figures(); f.Slots != 1 || f.Busy != 1 || f.Draining || f.States[0].Stage != StageEncoding || f.States[0].Segment != task.ID || f.States[0].Engine.PID == 0 {
		t.Errorf("figures of a worker at work are %+v", f)
	}
	r.kill()
	wantError(t, r.failure(d), rung.CodeCanceled, "stopping")
	if err := <-r.ended; err != nil {
		t.Errorf("the worker ends with %v", err)
	}
	if f := r.worker.Figures(); f.HandedBack != 1 || f.Failed != 0 {
		t.Errorf("figures are %+v", f)
	}
}

// A queue that fails is asked again, a second later.
func TestWorkerOutlivesTheQueue(t *testing.T) {
	options := fakeOptions(t, "ready")
	synctest.Test(t, func(t *testing.T) {
		q := brokenQueue{make(chan struct{}, 100)}
		w, err := NewWorker(WorkerOptions{Slots: 1, Engine: options, Queue: q, Stores: newTestStore().open})
		if err != nil {
			t.Fatal(err)
		}
		stop, cancel := context.WithTimeout(context.Background(), 59*time.Second+time.Second/2)
		defer cancel()
		if err := w.Run(context.Background(), stop); err != nil {
			t.Error(err)
		}
		if n := len(q.taken); n != 60 {
			t.Errorf("the queue was asked %d times in a minute, want each second", n)
		}
	})
}

func TestWorkerOptionsAreChecked(t *testing.T) {
	good := WorkerOptions{Engine: fakeOptions(t, "ready"), Queue: make(testQueue), Stores: newTestStore().open}
	w, err := NewWorker(good)
	if err != nil || len(w.slots) < 1 {
		t.Errorf("a worker with defaults has %d slots, %v", len(w.slots), err)
	}
	for code, change := range map[rung.Code]func(*WorkerOptions){
		rung.CodeInvalid:  func(o *WorkerOptions) { o.Slots = -1 },
		rung.CodeInternal: func(o *WorkerOptions) { o.Queue = nil },
		rung.CodeEngine:   func(o *WorkerOptions) { o.Engine.Path = "/none" },
	} {
		bad := good
		change(&bad)
		_, err := NewWorker(bad)
		wantError(t, err, code)
	}
}
