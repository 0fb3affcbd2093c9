package scheduler

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rung"
)

// Idle slots ask once for each task that comes alone: the request that waits at the server, and no other.
func TestFeedAsksOnceForALoneTask(t *testing.T) {
	const slots, tasks = 4, 50
	s := open(t, quick())
	var asked atomic.Int64
	sub, err := s.nc.Subscribe("$JS.API.CONSUMER.MSG.NEXT."+streamTasks+".>", func(*nats.Msg) { asked.Add(1) })
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	taken := make(chan *Delivery)
	for range slots {
		go func() {
			for {
				d, err := s.Tasks().Take(testContext(t))
				if err != nil {
					return
				}
				taken <- d
			}
		}()
	}
	for n := range int64(tasks) {
		if err := s.Tasks().Submit(testContext(t), task(rung.Live, "news", n)); err != nil {
			t.Fatal(err)
		}
		d := <-taken
		if d.Task().ID.Number != n {
			t.Fatalf("task %d came, want %d", d.Task().ID.Number, n)
		}
		if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.nc.FlushTimeout(time.Second); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n < tasks || n > tasks+20 { // some more as it begins
		t.Errorf("%d requests for %d tasks", n, tasks)
	}
}
