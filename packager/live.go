package packager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"time"

	"rung"
)

// Window is the number of segments in a live playlist where the channel does not say, minWindow the least it may say.
const (
	defaultWindow = 10
	minWindow     = 6
)

// deletePause is the least time between two rounds of deletion, so that one request removes several segments.
const deletePause = 20 * time.Second

// live is one channel's presentation while this process holds its lease. Its goroutine is the one that calls run.
type live struct {
	o     *Options
	id    string
	feed  *feed
	store Store
	log   *slog.Logger

	state *liveState
	rev   uint64

	pending  map[string]map[int64]arrival
	raisedAt map[int64]time.Time
	seen     uint64
	still    time.Time

	dirty    bool             // the playlists in the store are not those of the state
	declared map[string]rates // by the master playlist in the store
	master   []byte           // its text; nil: not known

	wake        time.Time // when the plan may go on by itself
	retry       time.Time // nothing is tried before this; zero: all is well
	pause       backoff
	trouble     time.Time // since when the store or the state has been away; zero: all is well
	troubleCode string
	gapsSince   time.Time
	nextDelete  time.Time
	nextSweep   time.Time
}

// errChannelGone ends the presentation of a channel that was deleted.
var errChannelGone = errors.New("the channel was deleted")

// StateID is the id of a presentation's document, "live.news" or "vod.film", and the tail of its lease's name: channels and
// jobs may share ids.
func StateID(kind rung.TaskKind, owner string) string { return string(kind) + "." + owner }

// runLive keeps a channel's presentation until ctx ends, or its state is another packager's.
func runLive(ctx context.Context, o *Options, id string, f *feed) error {
	store, err := o.Stores(ctx, "")
	if err != nil {
		return err
	}
	l := &live{
		o: o, id: id, feed: f, store: store, log: o.Log.With("channel", id),
		pending: map[string]map[int64]arrival{}, raisedAt: map[int64]time.Time{},
	}
	if err := l.load(ctx); err != nil {
		return err
	}
	l.log.Info("presentation is kept here", "session", l.state.Session, "next", l.state.Next, "sequence", l.state.Sequence)
	ctx, cancel := context.WithCancel(ctx)
	results, done, after := make(chan arrival), make(chan struct{}), l.state.After
	go func() {
		defer close(done)
		follow(ctx, o, rung.Live, id, after, results)
	}()
	err = l.run(ctx, results)
	cancel()
	<-done
	l.log.Info("presentation is not kept here any more", "session", l.state.Session, "next", l.state.Next, "cause", err)
	return err
}

// load reads the state, or begins one.
func (l *live) load(ctx context.Context) error {
	l.state = &liveState{Format: liveFormat, presentation: presentation{Root: path.Join(string(rung.Live), l.id)}}
	now := time.Now()
	l.still, l.nextSweep = now.Add(startStill), now.Add(startStill)
	data, rev, err := l.o.State.Load(ctx, StateID(rung.Live, l.id))
	if rung.CodeOf(err) == rung.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := unpack(data, l.state); err != nil {
		return err
	}
	if l.state.Format != liveFormat {
		return rung.Errorf(rung.CodeInternal, "run one version of rung on all nodes", "presentation of channel %s: state of format %d, not %d", l.id, l.state.Format, liveFormat)
	}
	l.rev, l.seen = rev, l.state.After
	l.dirty = l.state.begun() // it may have been saved and not shown
	return nil
}

// run takes turns: whatever has come is taken in, then all that can be decided is.
func (l *live) run(ctx context.Context, results <-chan arrival) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if ch, _ := l.feed.live(); ch == nil {
			return errChannelGone
		}
		if err := l.turn(ctx); err != nil {
			return err
		}
		in := results
		if !l.retry.IsZero() {
			in = nil // the stream keeps them
		}
		timer.Reset(l.untilNext())
		select {
		case a := <-in:
			l.take(a, time.Now())
		case <-l.feed.changed:
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// untilNext is how long nothing need be done if nothing comes.
func (l *live) untilNext() time.Duration {
	next := l.retry
	if next.IsZero() {
		next = l.nextSweep
		if !l.wake.IsZero() && l.wake.Before(next) {
			next = l.wake
		}
		if at := l.state.nextExpiry(); !at.IsZero() {
			if at = latest(at, l.nextDelete); at.Before(next) {
				next = at
			}
		}
	}
	return max(time.Until(next), 0)
}

// take puts a result where its turn will find it.
func (l *live) take(a arrival, now time.Time) {
	l.seen = max(l.seen, a.seq)
	l.still = latest(l.still, now.Add(resultStill))
	id := a.result.ID
	switch {
	case id.Session == l.state.Session && id.Number < l.state.Next:
		if a.result.Outcome == rung.Done && l.state.discard(a.result, now) {
			l.log.Info("segment came after it was listed as a gap", "session", id.Session, "segment", id.Number, "deadline", a.result.Deadline)
		}
	case l.past(a.result):
	default:
		if l.pending[id.Session] == nil {
			l.pending[id.Session] = map[int64]arrival{}
		}
		if _, again := l.pending[id.Session][id.Number]; !again {
			l.pending[id.Session][id.Number] = a
		}
	}
}

// past reports whether a result is of a session that is over. One of a session that no timeline has named yet is not: its
// media is later than any timeline's beginning.
func (l *live) past(r rung.Result) bool {
	session := r.ID.Session
	if session == l.state.Session {
		return false
	}
	for _, p := range l.state.Periods {
		if p.Session == session {
			return true
		}
	}
	_, timelines := l.feed.live()
	past := false
	for _, t := range timelines {
		if t.Session == session {
			return l.state.Session == "" && t.Session != timelines[len(timelines)-1].Session
		}
		past = past || r.Time.Before(t.Origin)
	}
	return past
}

// turn does all that can be done now. An error ends the presentation here; what can be tried again is no error.
func (l *live) turn(ctx context.Context) error {
	now := time.Now()
	if now.Before(l.retry) {
		return nil
	}
	if err := l.advance(ctx, now); err != nil {
		if rung.CodeOf(err) == rung.CodeConflict {
			return err
		}
		l.fail(ctx, err)
		return ctx.Err()
	}
	l.recovered(ctx, now)
	l.clean(ctx, now)
	return ctx.Err()
}

// advance decides and shows until nothing more can be decided. A conflict says that the state is another packager's.
func (l *live) advance(ctx context.Context, now time.Time) error {
	if !l.trouble.IsZero() {
		if err := l.reach(ctx); err != nil {
			return err
		}
		// What was due meanwhile gets its time again: its workers had to wait as well.
		l.still = latest(l.still, now.Add(max(l.allowance(), startStill)))
	}
	for {
		if l.dirty {
			if err := l.show(ctx); err != nil {
				return err
			}
			l.dirty = false
		}
		plan := l.plan(now)
		if l.wake = plan.wake; !plan.changed {
			return nil
		}
		if err := l.adopt(ctx, plan); err != nil {
			return err
		}
	}
}

// allowance is how long after its end a segment is due.
func (l *live) allowance() time.Duration {
	if _, timelines := l.feed.live(); len(timelines) > 0 {
		return timelines[len(timelines)-1].Deadline.D()
	}
	return defaultDeadline
}

func (l *live) plan(now time.Time) livePlan {
	ch, timelines := l.feed.live()
	v := view{
		now: now, timelines: timelines, window: defaultWindow, margin: l.o.Margin, pending: l.pending, raisedAt: l.raisedAt, seen: l.seen, still: l.still,
	}
	if ch != nil && ch.Window > 0 {
		v.window = max(ch.Window, minWindow)
	}
	if ch != nil {
		v.dvr, v.created = ch.DVR.D(), ch.Created
	}
	l.noteRaised(v, now)
	return planLive(l.state, v)
}

// noteRaised notes when numbers were first known as raised, and forgets those that have been listed.
func (l *live) noteRaised(v view, now time.Time) {
	current, _ := v.sessions(l.state)
	p := livePlan{state: l.state}
	for n := l.state.Next; n < p.raised(v, current); n++ {
		if _, known := l.raisedAt[n]; !known {
			l.raisedAt[n] = now
		}
	}
	for n := range l.raisedAt {
		if n < l.state.Next {
			delete(l.raisedAt, n)
		}
	}
}

// adopt makes the plan's state ours: saved first, so that no one who follows us falls behind what players have seen.
func (l *live) adopt(ctx context.Context, plan livePlan) error {
	if plan.missing {
		// Where the store is away, workers cannot deliver: that is no fault of the segment's.
		if err := l.reach(ctx); err != nil {
			return err
		}
	}
	data, err := pack(plan.state)
	if err != nil {
		return err
	}
	rev, err := l.o.State.Save(ctx, StateID(rung.Live, l.id), data, l.rev)
	if err != nil {
		return err
	}
	if old := l.state; old.Target != 0 && plan.state.Target > old.Target {
		l.log.Warn("target duration rises: players that know the presentation may stumble", "from", old.Target, "to", plan.state.Target)
	}
	if plan.state.Session != l.state.Session {
		clear(l.raisedAt)
	}
	l.state, l.rev = plan.state, rev
	l.dirty = l.state.begun()
	l.dropListed()
	l.alarm(ctx, plan)
	return nil
}

// dropListed forgets pending results that have had their effect, or cannot have one any more.
func (l *live) dropListed() {
	for n := range l.pending[l.state.Session] {
		if n < l.state.Next {
			delete(l.pending[l.state.Session], n)
		}
	}
	for session, numbers := range l.pending {
		for n, a := range numbers {
			if l.past(a.result) {
				delete(numbers, n)
			}
		}
		if len(numbers) == 0 {
			delete(l.pending, session)
		}
	}
}

// reach asks the store and the state for anything at all.
func (l *live) reach(ctx context.Context) error {
	if _, err := l.store.Stat(ctx, l.state.key(masterName)); err != nil && rung.CodeOf(err) != rung.CodeNotFound {
		return err
	}
	if _, _, err := l.o.State.Load(ctx, StateID(rung.Live, l.id)); err != nil && rung.CodeOf(err) != rung.CodeNotFound {
		return err
	}
	return nil
}

// fail notes that the store or the state is away, and when to try again.
func (l *live) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	now := time.Now()
	l.retry = now.Add(l.pause.next())
	l.log.Warn("presentation waits", "error", err, "again", l.retry)
	if !l.trouble.IsZero() {
		return
	}
	l.trouble = now
	e := rung.AsError(err)
	l.troubleCode = string(e.Code)
	l.publish(ctx, rung.Event{Type: "channel.alarm", Severity: rung.Critical, Code: l.troubleCode, Message: "publishing waits: " + e.Message})
}

// recovered ends a trouble.
func (l *live) recovered(ctx context.Context, now time.Time) {
	if l.trouble.IsZero() {
		return
	}
	l.publish(ctx, rung.Event{Type: "channel.alarm_cleared", Severity: rung.Info, Code: l.troubleCode, Message: "publishing carries on", Duration: rung.Duration(now.Sub(l.trouble))})
	l.trouble, l.retry, l.pause = time.Time{}, time.Time{}, backoff{}
}

// alarm tells of gaps, and of their end.
func (l *live) alarm(ctx context.Context, plan livePlan) {
	if n := len(plan.gaps); n > 0 {
		l.log.Warn("segments are listed as gaps", "count", n, "first", plan.gaps[0], "last", plan.gaps[n-1])
		message := plan.gaps[0]
		if n > 1 {
			message = fmt.Sprintf("%s; and %d more up to: %s", plan.gaps[0], n-1, plan.gaps[n-1])
		}
		if l.gapsSince.IsZero() {
			l.gapsSince = time.Now()
		}
		l.publish(ctx, rung.Event{Type: "channel.alarm", Severity: rung.Major, Code: "gap", Message: message})
	}
	if plan.good && !l.gapsSince.IsZero() {
		l.publish(ctx, rung.Event{Type: "channel.alarm_cleared", Severity: rung.Info, Code: "gap", Message: "segments are listed again", Duration: rung.Duration(time.Since(l.gapsSince))})
		l.gapsSince = time.Time{}
	}
}

func (l *live) publish(ctx context.Context, e rung.Event) {
	e.Channel = l.id
	publish(ctx, l.o, e)
}

// eventTime bounds how long the feed may hold a presentation up.
const eventTime = 2 * time.Second

func publish(ctx context.Context, o *Options, e rung.Event) {
	e.Time = time.Now()
	ctx, cancel := context.WithTimeout(ctx, eventTime)
	defer cancel()
	if err := o.Events.Publish(ctx, e); err != nil {
		o.Log.Warn("event is lost", "type", e.Type, "code", e.Code, "error", err)
	}
}
