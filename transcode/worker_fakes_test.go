package transcode

import (
	"context"
	"sync"

	"rung"
)

// testQueue hands out what is put in its channel.
type testQueue chan Delivery

func (q testQueue) Take(ctx context.Context) (Delivery, error) {
	select {
	case d := <-q:
		return d, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// brokenQueue fails each Take and counts them.
type brokenQueue struct{ taken chan struct{} }

func (q brokenQueue) Take(context.Context) (Delivery, error) {
	q.taken <- struct{}{}
	return nil, rung.Errorf(rung.CodeUnavailable, "", "the queue is away")
}

// testDelivery passes its end on.
type testDelivery struct {
	task     rung.Task
	doneErrs chan error // what Done returns before it succeeds
	done     chan rung.Result
	failed   chan error
}

func newTestDelivery(task rung.Task) *testDelivery {
	return &testDelivery{task: task, doneErrs: make(chan error, 8), done: make(chan rung.Result, 1), failed: make(chan error, 1)}
}

func (d *testDelivery) Task() rung.Task { return d.task }
func (d *testDelivery) Try() int        { return 2 }

func (d *testDelivery) Done(_ context.Context, r rung.Result) error {
	select {
	case err := <-d.doneErrs:
		return err
	default:
		d.done <- r
		return nil
	}
}

func (d *testDelivery) Fail(_ context.Context, cause error) error {
	d.failed <- cause
	return nil
}

// testWindow gives the bytes of a stream by name.
type testWindow map[string][]byte

func (w testWindow) Read(_ context.Context, r rung.WindowRange) ([]byte, error) {
	data, ok := w[r.Stream]
	if !ok {
		return nil, rung.Errorf(rung.CodeNotFound, "", "messages %d to %d have expired", r.First, r.Last)
	}
	return data, nil
}

// testStore keeps objects in memory. While fail gives an error a put fails; puts are announced on put.
type testStore struct {
	fail func(key string) error
	put  chan string

	mu      sync.Mutex
	objects map[string]testObject
	puts    map[string]int
}

type testObject struct {
	body    string
	options rung.ObjectOptions
}

func newTestStore() *testStore {
	return &testStore{put: make(chan string, 1000), objects: map[string]testObject{}, puts: map[string]int{}}
}

func (s *testStore) Put(_ context.Context, key string, body []byte, o rung.ObjectOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts[key]++
	s.put <- key
	if s.fail != nil {
		if err := s.fail(key); err != nil {
			return err
		}
	}
	s.objects[key] = testObject{string(body), o}
	return nil
}

// open is a Stores that knows this one by the URL of the tests' tasks.
func (s *testStore) open(_ context.Context, url string) (Objects, error) {
	if url != "s3://secret@bucket" && url != "" {
		return nil, rung.Errorf(rung.CodeNotFound, "", "no store %q", url)
	}
	return s, nil
}
