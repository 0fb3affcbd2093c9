package packager

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

// system is a packager with all that is around it, in a synctest bubble: its time passes only when all wait.
type system struct {
	t         *testing.T
	results   *memoryResults
	state     *memoryState
	channels  *memoryChannels
	timelines *memoryTimelines
	jobs      *memoryJobs
	leases    *memoryLeases
	events    *memoryEvents
	store     *memoryStore
	output    *memoryStore // of jobs with an Output
	stop      func()
}

// inSystem runs a test in a bubble, with a packager that runs.
func inSystem(t *testing.T, test func(s *system)) {
	synctest.Test(t, func(t *testing.T) {
		s := &system{
			t: t, results: &memoryResults{}, state: &memoryState{docs: map[string][]byte{}, revs: map[string]uint64{}},
			channels: &memoryChannels{}, timelines: &memoryTimelines{}, jobs: &memoryJobs{}, leases: &memoryLeases{held: map[string]*memoryLease{}},
			events: &memoryEvents{}, store: newMemoryStore(t), output: newMemoryStore(t),
		}
		s.start()
		defer func() { s.stop() }()
		test(s)
	})
}

func (s *system) options() Options {
	return Options{
		Results: s.results, State: s.state, Channels: s.channels, Timelines: s.timelines, Jobs: s.jobs, Leases: s.leases, Events: s.events,
		Log: slog.New(slog.NewTextHandler(testLog{s.t}, nil)),
		Stores: func(_ context.Context, url string) (Store, error) {
			if url != "" {
				return s.output, s.output.outage.get()
			}
			return s.store, nil
		},
	}
}

// testLog shows the log of a failed test.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// start starts a packager; stop ends it and waits for it.
func (s *system) start() {
	p, err := NewPackager(s.options())
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("run: %v", err)
		}
	}
	synctest.Wait()
}

func (s *system) restart() { s.stop(); s.start() }

// pass lets time pass.
func (s *system) pass(d time.Duration) {
	time.Sleep(d) // the bubble's clock: no time passes
	synctest.Wait()
}

// outline is what a media playlist shows.
func (s *system) outline(key string) string {
	s.t.Helper()
	synctest.Wait()
	text := s.store.text(key)
	if text == "" {
		return ""
	}
	p, err := parseMedia(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return outline(p)
}

func (s *system) want(key, outline string) {
	s.t.Helper()
	if got := s.outline(key); got != outline {
		s.t.Errorf("%s\n  shows %s\n    not %s", key, got, outline)
	}
}

func (s *system) wantEvents(want ...string) {
	s.t.Helper()
	if got := s.events.take(); fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("events %q, not %q", got, want)
	}
}

// session is one that an ingest and workers make: 25 frames a second, 3.84 s a segment, two pictures sizes and sound.
type session struct {
	s      *system
	kind   rung.TaskKind
	owner  string
	id     string
	store  *memoryStore
	prefix string
	origin time.Time
	grid   rung.Grid
	tracks []rung.Track
	next   int64
	init   string
	output string
}

const segmentTime = 3840 * time.Millisecond

// allowance is the timeline's from a segment's end to its deadline.
const allowance = 12 * time.Second

func (s *system) session(id string) *session {
	return &session{
		s: s, kind: rung.Live, owner: "news", id: id, store: s.store, prefix: "live/news/" + id, origin: time.Now(), init: "a",
		grid: rung.Grid{Rate: rung.R(25, 1), SegmentFrames: 96},
		tracks: []rung.Track{
			{ID: "720p", Type: video, Codecs: "avc1.64001f", Width: 1280, Height: 720, FrameRate: rung.R(25, 1)},
			{ID: "360p", Type: video, Codecs: "avc1.64001e", Width: 640, Height: 360, FrameRate: rung.R(25, 1)},
			{ID: "audio", Type: audio, Codecs: "mp4a.40.2", Channels: 2, Language: "eng", Name: "English"},
		},
	}
}

// channel makes the channel, and its timeline the session's.
func (e *session) channel(ch rung.Channel) *session {
	ch.ID = e.owner
	e.s.channels.set(e.owner, &ch)
	e.raise(0)
	return e
}

// raise says that segments below next have been raised.
func (e *session) raise(next int64) {
	e.next = max(e.next, next)
	e.timeline(false)
}

func (e *session) timeline(ended bool) {
	e.s.timelines.set(e.owner, &rung.Timeline{
		Channel: e.owner, Session: e.id, Ladder: rung.Ladder{Grid: e.grid}, Origin: e.origin, Next: e.next, Deadline: rung.Duration(allowance), Ended: ended, Updated: time.Now(),
	})
}

// result stores segment n in all renditions and gives its result.
func (e *session) result(n int64) rung.Result {
	interval := e.grid.Segment(n)
	r := rung.Result{
		ID: rung.SegmentID{Kind: e.kind, Owner: e.owner, Session: e.id, Number: n}, Prefix: e.prefix, Outcome: rung.Done, Interval: interval, Store: e.output,
		Rate: e.grid.Rate, SegmentFrames: e.grid.SegmentFrames, Time: e.origin.Add(time.Duration(e.grid.Micros(interval.First)) * time.Microsecond), Node: "n1",
	}
	if e.kind == rung.Live {
		r.Deadline = r.Time.Add(segmentTime + allowance)
	}
	for i, t := range e.tracks {
		t.Init = e.prefix + "/" + t.ID + "/init-" + e.init + ".mp4"
		t.Key = fmt.Sprintf("%s/%s/%05d.m4s", e.prefix, t.ID, n)
		t.Bytes = 60_000/int64(i+1) + 3_000*(n%5)
		e.put(t.Init, 700)
		e.put(t.Key, t.Bytes)
		r.Tracks = append(r.Tracks, t)
	}
	return r
}

// put stores an object as a worker does that has waited out whatever the store had: there is no result before.
func (e *session) put(key string, size int64) {
	e.store.mu.Lock()
	defer e.store.mu.Unlock()
	e.store.objects[key] = memoryObject{body: make([]byte, size), modified: time.Now()}
}

// done brings the results of segments, in the order given.
func (e *session) done(numbers ...int64) {
	for _, n := range numbers {
		e.s.results.add(e.result(n))
	}
	synctest.Wait()
}

// run lets the session live for segments [from, to): each is raised as it ends and done a second later.
func (e *session) run(from, to int64) {
	for n := from; n < to; n++ {
		end := e.origin.Add(time.Duration(n+1) * segmentTime)
		e.s.pass(time.Until(end))
		e.raise(n + 1)
		e.s.pass(time.Second)
		e.done(n)
	}
}

// failed is the result of a segment that could not be encoded.
func (e *session) failed(n int64) rung.Result {
	r := e.result(n)
	r.Outcome, r.Tracks, r.Error = rung.Failed, nil, rung.Errorf(rung.CodeEngine, "see the log", "the engine crashed three times")
	for _, t := range e.tracks {
		_ = e.store.Delete(context.Background(), fmt.Sprintf("%s/%s/%05d.m4s", e.prefix, t.ID, n))
	}
	return r
}

func list(numbers ...int64) string {
	s := ""
	for _, n := range numbers {
		s += fmt.Sprintf(" %d", n)
	}
	return s
}

// from lists count numbers from first.
func from(first, count int64) string {
	var numbers []int64
	for n := first; n < first+count; n++ {
		numbers = append(numbers, n)
	}
	return list(numbers...)
}
