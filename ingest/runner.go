package ingest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"rung"
)

const (
	// tickTime is how often a session without packets looks at the clock, and so how exactly its segments are due.
	tickTime = 100 * time.Millisecond
	// restTime is the same in the midst of a segment, where nothing is due and packets wait for the next look.
	restTime = 200 * time.Millisecond
	// checkTime is how often counters are looked at for alarms.
	checkTime = time.Second
	// statusTime is how often a status is reported, besides at each change of its state and alarms.
	statusTime = 2 * time.Second
	// retryTime is how long after a start that did not succeed another is tried, with fresh packets.
	retryTime = 5 * time.Second
	// finalTime bounds what is still sent when a channel stops.
	finalTime = 3 * time.Second
)

// errOperatorStop is why a channel's context ends when its operator stops or deletes it: its timeline has an end then.
// On any other stop the presentation waits for another ingest.
var errOperatorStop = errors.New("stopped by its operator")

// runner carries one channel, from its source to its tasks, while this process holds its lease. Its fields belong to the
// goroutine of Run but for the queue, the outbox and the reporter, through which it speaks with its other three.
type runner struct {
	opts     *ManagerOptions
	channel  rung.Channel
	slate    func() string // the channel's as it is now: it changes without a new session
	logger   *slog.Logger
	wake     wakeup // of the loop
	queue    *blockQueue
	outbox   *outbox
	reporter *reporter
	alarms   *alarms

	stream   string // the source window's
	source   *connection
	problem  chan error // the receiver's last one
	previous rung.Timeline
	startup  *startup
	resume   time.Time // no start is tried before
	session  *session
	draining *session // one that is over, until its last segments are out
	timeline rung.Timeline
	ended    bool // the source has come to its end

	state     rung.ChannelState
	err       *rung.Error
	since     time.Time
	lastBlock time.Time
	resting   time.Time // until when the queue lets packets wait
	raised    int64
	watch     watch
}

func newRunner(opts *ManagerOptions, ch rung.Channel, now time.Time) *runner {
	logger := opts.Logger.With("channel", ch.ID)
	wake := newWakeup()
	r := &runner{opts: opts, channel: ch, logger: logger, wake: wake, queue: newBlockQueue(wake), problem: make(chan error, 1),
		source:    &connection{receivers: opts.Receivers, source: ch.Source},
		outbox:    newOutbox(opts.Tasks, opts.Timelines, logger),
		reporter:  newReporter(opts.Statuses, opts.Events, logger),
		lastBlock: now, since: now}
	r.alarms = newAlarms(ch.ID, opts.Node, r.reporter.publish)
	return r
}

// run carries the channel until the context ends. It does not give up: what is wrong is its state and an alarm.
func (r *runner) run(ctx context.Context) {
	r.logger.Info("channel started", "url", redact(r.channel.Source.URL), "profile", r.channel.Profile)
	// Two contexts: work ends with ctx, and what it has given out to be sent is sent within finalTime after.
	final, release := context.WithCancel(context.WithoutCancel(ctx))
	sending, stopSending := context.WithCancel(final)
	var senders sync.WaitGroup
	senders.Go(func() { r.outbox.run(sending, final) })
	senders.Go(func() { r.reporter.run(sending, final) })

	r.become(rung.ChannelStarting, nil)
	if r.open(ctx) {
		receiving, stopReceiving := context.WithCancel(ctx)
		var receivers sync.WaitGroup
		receivers.Go(func() { r.receive(receiving) })
		r.loop(ctx)
		stopReceiving()
		receivers.Wait()
	} else {
		r.idle(ctx)
	}
	r.conclude(context.Cause(ctx))

	giveUp := time.AfterFunc(finalTime, release)
	stopSending()
	senders.Wait()
	giveUp.Stop()
	release()
	r.logger.Info("channel stopped", "cause", context.Cause(ctx), "segments", r.raised)
}

// open makes the source window and the receiver ready. It reports whether there is something to receive; otherwise the
// channel has failed, or the context has ended.
func (r *runner) open(ctx context.Context) bool {
	if err := r.source.open(); err != nil {
		r.fail(rung.AsError(err), time.Now())
		return false
	}
	for {
		err := r.prepare(ctx)
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		r.become(rung.ChannelWaiting, rung.AsError(err))
		r.report()
		select {
		case <-ctx.Done():
			return false
		case <-time.After(statusTime):
		}
	}
}

// prepare learns which session was before and opens the window.
func (r *runner) prepare(ctx context.Context) error {
	previous, _, err := r.opts.Timelines.Get(ctx, r.channel.ID)
	if err != nil {
		return err
	}
	r.previous = previous
	r.stream, err = r.opts.Window.Open(ctx, r.channel.ID)
	return err
}

// idle reports a failed channel until the context ends.
func (r *runner) idle(ctx context.Context) {
	status := time.NewTicker(statusTime)
	defer status.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-status.C:
			r.report()
		}
	}
}

// receive keeps the source connected, and closes the queue at the source's end.
func (r *runner) receive(ctx context.Context) {
	err := r.source.run(ctx, r.queue.put, r.complain)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		r.complain(err)
	default:
		r.queue.close()
	}
}

// complain leaves an error for the loop; only the latest counts.
func (r *runner) complain(err error) {
	select {
	case <-r.problem:
	default:
	}
	r.problem <- err
	r.wake.rouse()
}

// redact leaves out what a URL may hold of passwords.
func redact(url string) string {
	if at := strings.LastIndexByte(url, '@'); at >= 0 {
		if scheme := strings.Index(url, "://"); scheme >= 0 && scheme < at {
			return url[:scheme+3] + url[at+1:]
		}
	}
	if q := strings.IndexByte(url, '?'); q >= 0 {
		return url[:q]
	}
	return url
}

// loop works off what comes until the context ends.
func (r *runner) loop(ctx context.Context) {
	defer context.AfterFunc(ctx, r.wake.rouse)()
	begun := time.Now()
	look, check, status := begun.Add(tickTime), begun.Add(checkTime), begun.Add(statusTime)
	tick := time.NewTimer(tickTime) // not before look: it is set anew only when that is due
	defer tick.Stop()
	for {
		select {
		case <-r.wake:
		case <-tick.C:
		}
		if ctx.Err() != nil {
			return
		}
		if r.acked() {
			r.settle()
		}
		select {
		case err := <-r.problem:
			r.trouble(err)
		default:
		}
		r.next(ctx)
		r.rest()
		now, every := time.Now(), tickTime
		if r.resting.Sub(now) > restTime {
			every = restTime
		}
		if !due(&look, every, now) {
			continue
		}
		r.tick(now)
		told := due(&status, statusTime, now)
		if due(&check, checkTime, now) {
			r.check(now)
			told = told || r.alarms.changed
		}
		if told {
			r.report()
		}
		tick.Reset(every)
	}
}

// due reports whether a time has come, and sets it to the next.
func due(at *time.Time, every time.Duration, now time.Time) bool {
	if now.Before(*at) {
		return false
	}
	*at = now.Add(every)
	return true
}

// tick looks at the clock. Packets that have come meanwhile are older than now: by their own time they may not be late.
func (r *runner) tick(now time.Time) {
	if r.session != nil && !r.ended && r.queue.empty() {
		r.session.tick(now)
	}
	r.checkFlow(now)
}

// acked reports whether the session's window has acknowledged chunks.
func (r *runner) acked() bool {
	switch {
	case r.session != nil:
		return r.session.chunker.acked()
	case r.draining != nil:
		return r.draining.chunker.acked()
	}
	return false
}

// finish ends the session at its source's end.
func (r *runner) finish(ctx context.Context) {
	if r.session == nil && r.startup != nil && r.startup.begun {
		r.begin(ctx) // a source shorter than a start asks for
	}
	r.ended = true
	if r.session == nil {
		r.fail(rung.Errorf(rung.CodeBadInput, "check that the source is a transport stream with video or audio",
			"the source ended before a picture or sound was found"), time.Now())
		return
	}
	r.session.finish(time.Now())
	r.settle()
}

// settle takes acknowledgements into account, and closes the timeline once the last segment of an ended source is out.
func (r *runner) settle() {
	now := time.Now()
	if s := r.draining; s != nil {
		r.watch.failing(s.settle(now))
		if len(s.segmenter.waiting) == 0 {
			r.draining = nil
			r.closeTimeline(now)
		}
		return
	}
	r.watch.failing(r.session.settle(now))
	if r.ended && len(r.session.segmenter.waiting) == 0 && !r.timeline.Ended && r.state != rung.ChannelStopped {
		r.closeTimeline(now)
		r.become(rung.ChannelStopped, nil)
	}
}

// trouble takes a receiver's error.
func (r *runner) trouble(err error) {
	e := rung.AsError(err)
	r.logger.Warn("source not received", "error", err)
	if lasting(err) {
		r.fail(e, time.Now())
		return
	}
	r.watch.sourceError = e
}

// fail sets the channel aside until its operator changes something.
func (r *runner) fail(e *rung.Error, now time.Time) {
	r.alarms.raise(rung.Alarm{Code: string(e.Code), Severity: rung.Critical, Message: e.Message, Hint: e.Hint}, now)
	r.become(rung.ChannelFailed, e)
}

// become moves the channel's state and says so.
func (r *runner) become(next rung.ChannelState, e *rung.Error) {
	r.err = e
	if r.state == next || !r.state.CanBecome(next) {
		return
	}
	r.state, r.since = next, time.Now()
	severity, message := rung.Info, "channel "+r.channel.ID+" is "+string(next)
	if e != nil {
		severity, message = rung.Major, message+": "+e.Message
		r.logger.Warn("channel state", "state", next, "error", e)
	} else {
		r.logger.Info("channel state", "state", next)
	}
	r.reporter.publish(rung.Event{Time: r.since.UTC(), Type: "channel.state", Severity: severity, Channel: r.channel.ID,
		Node: r.opts.Node, Code: string(next), Message: message})
	r.report()
}

// conclude says how the channel ended here.
func (r *runner) conclude(cause error) {
	if !errors.Is(cause, errOperatorStop) {
		return
	}
	r.closeTimeline(time.Now())
	r.become(rung.ChannelStopped, nil)
}

// closeTimeline says that no segment will follow in the session, be it of this run or of the one before.
func (r *runner) closeTimeline(now time.Time) {
	t := r.timeline
	if t.Session == "" {
		t = r.previous
	}
	if t.Session == "" || t.Ended {
		return
	}
	t.Ended, t.Updated = true, now.UTC()
	r.timeline = t
	r.outbox.put(outgoing{timeline: t})
}
