package scheduler

import (
	"context"
	"testing"
	"time"

	"rung"
)

func TestLease(t *testing.T) {
	n := startNATS(t)
	o := Options{URL: n.url(), LeaseTTL: 2 * time.Second}
	a, b := open(t, o), open(t, o)
	lease, err := a.Leases().Acquire(testContext(t), "ingest/news")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Leases().Acquire(testContext(t), "ingest/news"); rung.CodeOf(err) != rung.CodeConflict {
		t.Fatalf("acquire of a lease that is held: %v, want conflict", err)
	}
	select {
	case <-lease.Lost():
		t.Fatal("a lease that was renewed is lost")
	case <-time.After(2 * o.LeaseTTL): // the time is the fact here
	}
	if err := lease.Release(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if err := lease.Release(testContext(t)); err != nil {
		t.Errorf("second release: %v", err)
	}
	if lease, err = b.Leases().Acquire(testContext(t), "ingest/news"); err != nil {
		t.Fatalf("acquire of a lease that was released: %v", err)
	}
	if err := lease.Release(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

// TestLeaseOfDeadHolder is lost to its holder before another can have it.
func TestLeaseOfDeadHolder(t *testing.T) {
	n := startNATS(t)
	o := Options{URL: n.url(), LeaseTTL: 2 * time.Second}
	b := open(t, o)
	a := open(t, o)
	lease, err := a.Leases().Acquire(testContext(t), "ingest/news")
	if err != nil {
		t.Fatal(err)
	}
	cut(t, a) // the holder lives on, and cannot reach NATS
	began := time.Now()
	lost := make(chan time.Time, 1)
	go func() {
		<-lease.Lost()
		lost <- time.Now()
	}()
	var taken *Lease
	for taken == nil {
		if taken, err = b.Leases().Acquire(testContext(t), "ingest/news"); err != nil && rung.CodeOf(err) != rung.CodeConflict {
			t.Fatal(err)
		}
	}
	at := time.Now()
	if l := <-lost; !l.Before(at) {
		t.Errorf("the lease was lost %v after the cut, and taken %v after it", l.Sub(began), at.Sub(began))
	}
	if took := at.Sub(began); took > 3*o.LeaseTTL {
		t.Errorf("the lease was free after %v, want about %v", took, o.LeaseTTL)
	}
	if err := taken.Release(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

// cut takes a System's connection away for good.
func cut(t *testing.T, s *System) {
	t.Helper()
	s.nc.Close()
}

// TestLeaseOfEarlierRun is free at once where nobody but that process could have had it.
func TestLeaseOfEarlierRun(t *testing.T) {
	o := Options{StoreDir: t.TempDir()}
	a := open(t, o)
	lease, err := a.Leases().Acquire(testContext(t), "ingest/news")
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	select {
	case <-lease.Lost():
	default:
		t.Error("a lease of a closed System is not lost")
	}
	b := open(t, o)
	if _, err := b.Leases().Acquire(testContext(t), "ingest/news"); err != nil {
		t.Errorf("acquire after a restart: %v", err)
	}
}

func TestNodes(t *testing.T) {
	s := open(t, quick())
	ctx, cancel := context.WithCancel(testContext(t))
	ended := make(chan error)
	go func() {
		ended <- s.Nodes().Announce(ctx, func() rung.Node { return rung.Node{ID: "n1", Slots: 2} })
	}()
	changes := watchNodes(t, s)
	if n := <-changes; n == nil || n.ID != "n1" || n.Slots != 2 || n.Seen.IsZero() {
		t.Fatalf("announced %+v, want n1", n)
	}
	first, err := s.Nodes().List(testContext(t))
	if err != nil || len(first) != 1 {
		t.Fatalf("listed %v, %v, want n1", first, err)
	}
	if n := <-changes; n == nil || !n.Seen.After(first[0].Seen) {
		t.Fatalf("announced again %+v, want later than %v", n, first[0].Seen)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for n := range changes {
		if n == nil {
			break
		}
	}
	if nodes, err := s.Nodes().List(testContext(t)); err != nil || len(nodes) != 0 {
		t.Errorf("after its end listed %v, %v, want none", nodes, err)
	}
}

func watchNodes(t *testing.T, s *System) <-chan *rung.Node {
	ctx, cancel := context.WithCancel(context.Background())
	changes, ended := make(chan *rung.Node), make(chan struct{})
	go func() {
		defer close(ended)
		BucketOf[rung.Node](s, "nodes").Watch(ctx, func(_ string, n *rung.Node, _ uint64) error {
			select {
			case changes <- n:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return changes
}

// The leases of a server that nobody else can reach end with its process, and until then have one holder at a time.
func TestLeaseOfAPrivateServer(t *testing.T) {
	o := Options{StoreDir: t.TempDir()}
	s := open(t, o)
	first, err := s.Leases().Acquire(testContext(t), "ingest.news")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Leases().Acquire(testContext(t), "ingest.news"); rung.CodeOf(err) != rung.CodeConflict {
		t.Errorf("acquire of a lease that is held: %v, want conflict", err)
	}
	if err := first.Release(testContext(t)); err != nil {
		t.Fatal(err)
	}
	second, err := s.Leases().Acquire(testContext(t), "ingest.news")
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Release(testContext(t)); err != nil { // again: it is not its to give
		t.Fatal(err)
	}
	if _, err := s.Leases().Acquire(testContext(t), "ingest.news"); rung.CodeOf(err) != rung.CodeConflict {
		t.Errorf("a second release of the first lease gave up the second: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	<-second.Lost()
	if _, err := s.Leases().Acquire(testContext(t), "ingest.other"); rung.CodeOf(err) != rung.CodeUnavailable {
		t.Errorf("acquire after the end: %v, want unavailable", err)
	}
	if _, err := open(t, o).Leases().Acquire(testContext(t), "ingest.news"); err != nil {
		t.Errorf("the next life of the process: %v", err)
	}
}

// A lease that another node may hold outlives the server's restart.
func TestLeaseOutlivesASharedServer(t *testing.T) {
	o := Options{StoreDir: t.TempDir(), Listen: "127.0.0.1:0", LeaseTTL: time.Minute}
	s := open(t, o)
	if _, err := s.Leases().Acquire(testContext(t), "ingest.news"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, o).Leases().Acquire(testContext(t), "ingest.news"); rung.CodeOf(err) != rung.CodeConflict {
		t.Errorf("a lease of the life before: %v, want conflict", err)
	}
}
