package scheduler

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"rung"
)

// retryDelay is how long a task that failed rests: its cause may be gone by then.
const retryDelay = 500 * time.Millisecond

// Delivery is one task in one worker's hands. Its heartbeat runs from Take until Done or Fail has been called, which
// stop it whatever they return.
type Delivery struct {
	t         *Tasks
	msg       *nats.Msg
	task      rung.Task
	try       int
	delivered int // by the server, hand-backs included
	started   time.Time

	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
}

func newDelivery(t *Tasks, m *nats.Msg, task rung.Task) *Delivery {
	d := &Delivery{t: t, msg: m, task: task, started: time.Now(), stop: make(chan struct{}), stopped: make(chan struct{})}
	if !t.s.launch(d.beat) {
		close(d.stopped)
	}
	return d
}

// beat tells the queue that the task is being worked on. A beat that cannot be sent is of no use later.
func (d *Delivery) beat() {
	defer close(d.stopped)
	tick := time.NewTicker(d.t.s.o.AckWait / 3)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			d.msg.InProgress()
		case <-d.stop:
			return
		case <-d.t.s.done:
			return
		}
	}
}

func (d *Delivery) stopHeartbeat() {
	d.once.Do(func() { close(d.stop) })
	<-d.stopped
}

// countTries works out which try this is: the server's count of deliveries, without those that were handed back.
func (d *Delivery) countTries(ctx context.Context) error {
	md, err := d.msg.Metadata()
	if err != nil {
		return fail(err, "read the delivery of %s", d.task.ID)
	}
	d.delivered = int(md.NumDelivered)
	d.try = d.delivered
	if d.delivered == 1 {
		return nil
	}
	return d.t.s.persist(ctx, func(ctx context.Context) error {
		n, _, err := d.t.handoffs.Get(ctx, d.task.ID.String())
		if rung.CodeOf(err) == rung.CodeNotFound {
			return nil
		}
		d.try = max(1, d.delivered-n)
		return err
	})
}

// Task is what is to be done.
func (d *Delivery) Task() rung.Task { return d.task }

// Try is 1 for the first try.
func (d *Delivery) Try() int { return d.try }

// Done publishes the result and takes the task out of the queue, in this order and each confirmed. What the result says
// of the task (id, interval, times, prefix...) is filled in from the task. While NATS is away it waits until ctx ends;
// after an error the task comes again after the ack wait, to this worker or another.
func (d *Delivery) Done(ctx context.Context, r rung.Result) error {
	defer d.stopHeartbeat()
	if err := d.t.s.Results().Publish(ctx, d.complete(r)); err != nil {
		return err
	}
	d.stopHeartbeat() // a beat after the acknowledgement would be nobody's
	return d.t.s.settle(ctx, d.msg, "+ACK")
}

// Fail ends the delivery by its cause, as docs/architecture.md's table "What ends a task" says: what is wrong with the
// source ends the task with a result that says so, and so does a deadline that passed; a worker that stops
// (CodeCanceled, context.Canceled) hands it back, which is not a try; anything else is tried again after 0.5 s, or after
// the last try ends the task as failed. While NATS is away it waits until ctx ends; with a context that has ended already
// it tries for 3 s.
func (d *Delivery) Fail(ctx context.Context, cause error) error {
	defer d.stopHeartbeat()
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = d.t.s.call(context.WithoutCancel(ctx))
		defer cancel()
	}
	switch verbOf(cause) {
	case handBack:
		d.stopHeartbeat()
		return d.t.handBack(ctx, d.msg)
	case reject:
		return d.end(ctx, rung.Bad, cause)
	case expire:
		return d.end(ctx, rung.Late, cause)
	}
	if d.try >= d.t.s.o.Tries {
		return d.end(ctx, rung.Failed, cause)
	}
	d.stopHeartbeat()
	return d.t.s.settle(ctx, d.msg, nakAfter(retryDelay))
}

// end publishes a result without media and terminates the message.
func (d *Delivery) end(ctx context.Context, o rung.Outcome, cause error) error {
	defer d.stopHeartbeat()
	r := d.complete(rung.Result{Outcome: o, Error: rung.AsError(cause)})
	if err := d.t.s.Results().Publish(ctx, r); err != nil {
		return err
	}
	d.stopHeartbeat()
	return d.t.s.settle(ctx, d.msg, "+TERM "+string(o))
}

// complete fills in what the task and the delivery know.
func (d *Delivery) complete(r rung.Result) rung.Result {
	base := ResultOf(d.task)
	base.Outcome, base.Error, base.Tracks, base.Stats = r.Outcome, r.Error, r.Tracks, r.Stats
	base.Node, base.Slot, base.Try, base.Started, base.Finished = r.Node, r.Slot, d.try, r.Started, r.Finished
	setDefault(&base.Node, d.t.s.o.Node)
	setDefault(&base.Started, d.started)
	setDefault(&base.Finished, time.Now())
	return base
}
