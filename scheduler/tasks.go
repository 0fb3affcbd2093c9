package scheduler

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// Tasks is the work queue: subjects tasks.<kind>.<owner>.<session>.<number>, one message for each segment to encode.
type Tasks struct {
	s        *System
	feed     *feed
	handoffs *Bucket[int] // how often a task was handed back without being tried
}

func newTasks(s *System) *Tasks {
	return &Tasks{s: s, feed: newFeed(s), handoffs: BucketOf[int](s, bucketHandBacks)}
}

// Submit puts a task into the queue. Its id is its message id: a second one with the same id within 10 minutes is
// dropped, and counts as a success. It returns when the task is on disk; while NATS is away it waits, until ctx ends. A
// live task that nobody takes leaves the queue 10 minutes after its deadline.
func (t *Tasks) Submit(ctx context.Context, task rung.Task) error {
	if err := validTask(task); err != nil {
		return err
	}
	var ttl time.Duration
	if task.ID.Kind == rung.Live && !task.Deadline.IsZero() {
		ttl = max(time.Until(task.Deadline), 0) + liveTaskGrace
	}
	return t.s.publish(ctx, "tasks."+task.ID.String(), task.ID.String(), ttl, task)
}

func validTask(task rung.Task) error {
	id := task.ID
	if id.Kind != rung.Live && id.Kind != rung.VOD {
		return rung.Errorf(rung.CodeInvalid, "use live or vod", "task %s: %q is no kind of task", id, id.Kind)
	}
	if err := rung.ValidID("owner", id.Owner); err != nil {
		return err
	}
	if err := rung.ValidID("session", id.Session); err != nil {
		return err
	}
	if id.Number < 0 {
		return rung.Errorf(rung.CodeInvalid, "count segments from 0", "task %s: number %d is below 0", id, id.Number)
	}
	return nil
}

// Take waits for a task, live before VOD, and gives it with its heartbeat running: every third of the ack wait the queue
// hears that it is being worked on, until Done or Fail, one of which must be called. It waits while NATS is away. Many
// slots may wait at once; one loop fetches for all of them. A task whose workers died on every try ends here as failed,
// and the next one is taken. The error is CodeCanceled when ctx ends, CodeUnavailable when the System is closed.
func (t *Tasks) Take(ctx context.Context) (*Delivery, error) {
	for {
		m, err := t.feed.next(ctx)
		if err != nil {
			return nil, err
		}
		d, err := t.accept(ctx, m)
		if d != nil || err != nil {
			return d, err
		}
	}
}

// accept makes a Delivery of a message, or ends the message and gives nil: where it is no task, and where its tries are
// used up.
func (t *Tasks) accept(ctx context.Context, m *nats.Msg) (*Delivery, error) {
	var task rung.Task
	if err := json.Unmarshal(m.Data, &task); err != nil {
		t.s.o.Logger.Error("a message in the task queue is no task", "subject", m.Subject, "error", err)
		return nil, t.s.settle(ctx, m, "+TERM not a task")
	}
	d := newDelivery(t, m, task)
	if err := d.countTries(ctx); err != nil {
		d.stopHeartbeat()
		t.returnUnused(ctx, m)
		return nil, err
	}
	if d.try <= t.s.o.Tries {
		return d, nil
	}
	cause := rung.Errorf(rung.CodeEngine, "look at the workers' logs, and at the source", "segment %s: no worker lived to the end of any of its %d tries", task.ID, t.s.o.Tries)
	return nil, d.end(ctx, rung.Failed, cause)
}

// returnUnused hands a delivery back that nobody has begun to work on.
func (t *Tasks) returnUnused(ctx context.Context, m *nats.Msg) {
	ctx, cancel := t.s.call(context.WithoutCancel(ctx))
	defer cancel()
	if err := t.handBack(ctx, m); err != nil {
		t.s.o.Logger.Warn("a task could not be handed back; it comes again after the ack wait", "subject", m.Subject, "error", err)
	}
}

// handBack counts that a task was not tried, then lets another worker have it at once. In this order: counted and not
// handed back, it comes again after the ack wait, which is one more delivery as well.
func (t *Tasks) handBack(ctx context.Context, m *nats.Msg) error {
	key := strings.TrimPrefix(m.Subject, "tasks.")
	for {
		n, rev, err := t.handoffs.Get(ctx, key)
		switch rung.CodeOf(err) {
		case "":
			_, err = t.handoffs.Update(ctx, key, n+1, rev)
		case rung.CodeNotFound:
			_, err = t.handoffs.Create(ctx, key, 1)
		}
		if rung.CodeOf(err) == rung.CodeConflict { // another delivery of it was counted meanwhile
			continue
		}
		if err != nil {
			return err
		}
		return t.s.settle(ctx, m, "-NAK")
	}
}

// Cancel takes all of an owner's tasks out of the queue. Those in work are not stopped; their results are published as
// ever. CodeUnavailable where NATS is away.
func (t *Tasks) Cancel(ctx context.Context, kind rung.TaskKind, owner string) error {
	if err := rung.ValidID("owner", owner); err != nil {
		return err
	}
	ctx, cancel := t.s.call(ctx)
	defer cancel()
	st, err := t.s.js.Stream(ctx, streamTasks)
	if err == nil {
		err = st.Purge(ctx, jetstream.WithPurgeSubject("tasks."+string(kind)+"."+owner+".>"))
	}
	return fail(err, "cancel the tasks of %s %s", kind, owner)
}

// Pending says how many tasks of each kind wait for their first worker. The server counts a task some moments after it
// has acknowledged its submission. CodeUnavailable where NATS is away.
func (t *Tasks) Pending(ctx context.Context) (live, vod int64, err error) {
	if live, err = t.pending(ctx, rung.Live); err != nil {
		return 0, 0, err
	}
	vod, err = t.pending(ctx, rung.VOD)
	return live, vod, err
}

func (t *Tasks) pending(ctx context.Context, kind rung.TaskKind) (int64, error) {
	ctx, cancel := t.s.call(ctx)
	defer cancel()
	c, err := t.s.js.Consumer(ctx, streamTasks, string(kind))
	if err != nil {
		return 0, fail(err, "count the %s tasks", kind)
	}
	return int64(c.CachedInfo().NumPending), nil
}
