package scheduler

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"rung"
)

func TestBucket(t *testing.T) {
	s := open(t, quick())
	ctx := testContext(t)
	b := BucketOf[rung.Job](s, "jobs")
	if _, _, err := b.Get(ctx, "film"); rung.CodeOf(err) != rung.CodeNotFound || rung.AsError(err).Message != `"film" is not among the jobs` {
		t.Errorf("get of no key: %v, want not found, in words for users", err)
	}
	rev, err := b.Create(ctx, "film", rung.Job{ID: "film", State: rung.JobQueued})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Create(ctx, "film", rung.Job{}); rung.CodeOf(err) != rung.CodeConflict {
		t.Errorf("create of a key that is there: %v, want conflict", err)
	}
	next, err := b.Update(ctx, "film", rung.Job{ID: "film", State: rung.JobPlanning}, rev)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Update(ctx, "film", rung.Job{}, rev); rung.CodeOf(err) != rung.CodeConflict {
		t.Errorf("update of revision %d, where %d is there: %v, want conflict", rev, next, err)
	}
	job, got, err := b.Get(ctx, "film")
	if err != nil || got != next || job.State != rung.JobPlanning {
		t.Errorf("get: %+v, revision %d, %v, want planning, %d", job, got, err, next)
	}
	if _, err := b.Put(ctx, "other", rung.Job{ID: "other"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(ctx, "film"); err != nil {
		t.Fatal(err)
	}
	if all, err := b.List(ctx); err != nil || len(all) != 1 || all["other"].ID != "other" {
		t.Errorf("list: %v, %v, want other", all, err)
	}
	if keys, err := b.Keys(ctx); err != nil || len(keys) != 1 || keys[0] != "other" {
		t.Errorf("keys: %v, %v, want other", keys, err)
	}
	if _, err := b.Create(ctx, "film", rung.Job{}); err != nil {
		t.Errorf("create of a key that was deleted: %v", err)
	}
	if err := b.Delete(ctx, "never"); err != nil {
		t.Errorf("delete of no key: %v", err)
	}
	if _, err := b.Put(ctx, "a b", rung.Job{}); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("put of a key with a space: %v, want invalid", err)
	}
}

func TestRawBucket(t *testing.T) {
	s := open(t, quick())
	b := BucketOf[json.RawMessage](s, "presentations")
	if _, err := b.Put(testContext(t), "news", json.RawMessage(`{"next":3}`)); err != nil {
		t.Fatal(err)
	}
	if v, _, err := b.Get(testContext(t), "news"); err != nil || string(v) != `{"next":3}` {
		t.Errorf("got %s, %v", v, err)
	}
}

func TestUnknownBucketPanics(t *testing.T) {
	s := open(t, quick())
	defer func() {
		if recover() == nil {
			t.Error("an unknown bucket does not panic")
		}
	}()
	BucketOf[int](s, "nothing")
}

// change is what a watcher was told.
type change struct {
	key string
	v   int // -1: gone
}

// watchAll sends what a watcher of a bucket is told.
func watchAll(t *testing.T, s *System, bucket string) <-chan change {
	ctx, cancel := context.WithCancel(context.Background())
	changes, ended := make(chan change), make(chan struct{})
	go func() {
		defer close(ended)
		err := BucketOf[int](s, bucket).Watch(ctx, func(key string, v *int, _ uint64) error {
			c := change{key, -1}
			if v != nil {
				c.v = *v
			}
			select {
			case changes <- c:
			case <-ctx.Done():
			}
			return nil
		})
		if err != nil {
			t.Errorf("Watch: %v, want nil", err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return changes
}

func expect(t *testing.T, changes <-chan change, want ...change) {
	t.Helper()
	for _, w := range want {
		select {
		case got := <-changes:
			if got != w {
				t.Fatalf("told %+v, want %+v", got, w)
			}
		case <-time.After(testTimeout):
			t.Fatalf("told nothing, want %+v", w)
		}
	}
}

func put(t *testing.T, s *System, bucket, key string, v int) {
	t.Helper()
	for {
		_, err := BucketOf[int](s, bucket).Put(testContext(t), key, v)
		if err == nil {
			return
		}
		if rung.CodeOf(err) != rung.CodeUnavailable {
			t.Fatal(err)
		}
	}
}

func TestWatch(t *testing.T) {
	s := open(t, quick())
	put(t, s, "timelines", "a", 1)
	put(t, s, "timelines", "a", 2)
	put(t, s, "timelines", "b", 3)
	changes := watchAll(t, s, "timelines")
	expect(t, changes, change{"a", 2}, change{"b", 3})
	put(t, s, "timelines", "a", 4)
	expect(t, changes, change{"a", 4})
	if err := BucketOf[int](s, "timelines").Delete(testContext(t), "b"); err != nil {
		t.Fatal(err)
	}
	expect(t, changes, change{"b", -1})
}

func TestWatchSeesExpiry(t *testing.T) {
	s := open(t, quick())
	changes := watchAll(t, s, "nodes")
	put(t, s, "nodes", "a", 1)
	expect(t, changes, change{"a", 1}, change{"a", -1})
}

// TestWatchOverRestart deletes and adds while the watcher is cut off, on disk and in memory.
func TestWatchOverRestart(t *testing.T) {
	for _, bucket := range []string{"channels", "status"} {
		t.Run(bucket, func(t *testing.T) {
			n := startNATS(t)
			s := open(t, Options{URL: n.url()})
			put(t, s, bucket, "a", 1)
			put(t, s, bucket, "b", 2)
			changes := watchAll(t, s, bucket)
			expect(t, changes, change{"a", 1}, change{"b", 2})
			n.stop()
			n.start()
			if bucket == "status" { // memory is lost
				gone := map[string]bool{(<-changes).key: true, (<-changes).key: true}
				if !gone["a"] || !gone["b"] {
					t.Fatalf("told %v gone, want a and b", gone)
				}
			}
			put(t, s, bucket, "c", 3)
			expect(t, changes, change{"c", 3})
		})
	}
}

func TestBucketWithoutNATS(t *testing.T) {
	n := startNATS(t)
	s := open(t, Options{URL: n.url()})
	if err := s.Ready(testContext(t)); err != nil {
		t.Errorf("ready: %v", err)
	}
	n.stop()
	b := BucketOf[int](s, "jobs")
	if _, err := b.Put(testContext(t), "film", 1); rung.CodeOf(err) != rung.CodeUnavailable {
		t.Errorf("put without NATS: %v, want unavailable", err)
	}
	if err := s.Ready(testContext(t)); rung.CodeOf(err) != rung.CodeUnavailable {
		t.Errorf("ready without NATS: %v, want unavailable", err)
	}
	n.start()
	for s.Ready(testContext(t)) != nil {
	}
	if _, _, err := b.Get(testContext(t), "film"); rung.CodeOf(err) != rung.CodeNotFound {
		t.Errorf("what was reported as failed was carried out later: %v", err)
	}
}
