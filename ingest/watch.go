package ingest

import (
	"errors"
	"fmt"
	"time"

	"rung"
)

const (
	// silentAfter is how long a source, a picture or sound may be away before it is an alarm; the source's own is
	// shorter, as all stands still without it.
	silentAfter = 2 * time.Second
	// cleanAfter is how long a counter of errors must stand still for its alarm to be over.
	cleanAfter = 10 * time.Second
)

// watch is what a channel's alarms are derived from, once a second.
type watch struct {
	sourceError *rung.Error // the receiver's last
	startError  *rung.Error // why no session could begin
	windowError error       // the source window's last

	continuity, scrambled, dropped counter
}

// counter remembers when it last grew.
type counter struct {
	value int64
	grown time.Time
}

// grows takes the counter's value. It reports whether it has grown within cleanAfter.
func (c *counter) grows(value int64, now time.Time) bool {
	if value > c.value {
		c.grown = now
	}
	c.value = value
	return !c.grown.IsZero() && now.Sub(c.grown) < cleanAfter
}

// failing keeps an error of the source window.
func (w *watch) failing(err error) {
	if err != nil {
		w.windowError = err
	}
}

// startAlarms are the codes of the alarms for a start that did not succeed.
var startAlarms = []rung.Code{rung.CodeBadInput, rung.CodeUnsupported, rung.CodeEncrypted, rung.CodeEngine, rung.CodeUnavailable,
	rung.CodeOverloaded, rung.CodeDeadline, rung.CodeInternal}

// quiet clears the alarms of starts that did not succeed.
func (w *watch) quiet(a *alarms, now time.Time) {
	for _, code := range startAlarms {
		a.clear(string(code), now)
	}
}

// check raises and clears the channel's alarms, and moves its state by them.
func (r *runner) check(now time.Time) {
	if r.state == rung.ChannelFailed || r.ended {
		return
	}
	lost := now.Sub(r.lastBlock) > lostAfter && r.queue.empty()
	r.checkSource(lost, now)
	figures := r.figures()
	r.alarms.set(r.watch.continuity.grows(figures.ContinuityErrors, now), rung.Alarm{Code: "continuity", Severity: rung.Warning,
		Message: fmt.Sprintf("%d continuity errors: packets are lost before they get here", figures.ContinuityErrors),
		Hint:    "check the network and the sender"}, now)
	r.alarms.set(r.watch.dropped.grows(figures.Dropped, now), rung.Alarm{Code: "dropped", Severity: rung.Major,
		Message: r.watch.droppedMessage(figures.Dropped), Hint: "check the message queue's disk and network"}, now)
	r.checkQueue(now)
	if r.session != nil {
		r.checkStreams(lost, now)
		return
	}
	r.checkStart(lost, now)
}

// droppedMessage says what was dropped, with the window's own word where it has one that is safe to show.
func (w *watch) droppedMessage(packets int64) string {
	message := fmt.Sprintf("%d packets dropped: the source window is not written fast enough", packets)
	var e *rung.Error
	if errors.As(w.windowError, &e) {
		message += ": " + e.Message
	}
	return message
}

// checkSource looks at whether anything arrives.
func (r *runner) checkSource(lost bool, now time.Time) {
	e := r.awayBecause()
	r.alarms.set(lost, rung.Alarm{Code: "source_lost", Severity: rung.Critical, Message: e.Message, Hint: e.Hint}, now)
	switch {
	case lost:
		r.become(rung.ChannelWaiting, &rung.Error{Code: rung.CodeSourceLost, Message: e.Message, Hint: e.Hint})
	case r.session != nil:
		r.watch.sourceError = nil
		r.become(rung.ChannelRunning, nil)
	}
}

// awayBecause is the best that is known of why nothing arrives.
func (r *runner) awayBecause() *rung.Error {
	if cause := r.source.cause(); cause != nil {
		return rung.AsError(cause)
	}
	if e := r.watch.sourceError; e != nil {
		return e
	}
	return rung.Errorf(rung.CodeSourceLost, "check the sender, the address and the network", "nothing arrives from the source")
}

// checkQueue looks at whether raised segments are taken.
func (r *runner) checkQueue(now time.Time) {
	lost, stuck := r.outbox.state()
	r.alarms.set(!stuck.IsZero() && now.Sub(stuck) > lostAfter, rung.Alarm{Code: "queue", Severity: rung.Critical,
		Message: fmt.Sprintf("raised segments wait for the queue; %d are lost", lost), Hint: "check the message queue"}, now)
}

// checkStreams looks at whether the session's pictures and sound come.
func (r *runner) checkStreams(lost bool, now time.Time) {
	seg := r.session.segmenter
	r.alarms.set(!lost && seg.opts.layout.video != nil && seg.silent(0, now) > silentAfter, rung.Alarm{Code: "no_video", Severity: rung.Critical,
		Message: "the source arrives without pictures", Hint: "check the encoder"}, now)
	silent := false
	for i := range seg.opts.layout.audio {
		silent = silent || seg.silent(seg.soundHead(i), now) > silentAfter
	}
	r.alarms.set(!lost && silent, rung.Alarm{Code: "no_audio", Severity: rung.Major,
		Message: "the source arrives without the sound of a selected track", Hint: "check the encoder"}, now)
	r.alarms.set(r.watch.scrambled.grows(r.session.scrambled(), now), rung.Alarm{Code: "scrambled", Severity: rung.Critical,
		Message: "selected streams are scrambled", Hint: "descramble the service before it gets here"}, now)
}

// checkStart says why no session begins although packets arrive.
func (r *runner) checkStart(lost bool, now time.Time) {
	if lost {
		return
	}
	e := r.watch.startError
	if e == nil && r.startup != nil && !r.startup.begun && now.Sub(r.startup.first) > retryTime {
		e = r.startup.missing(r.channel.Source)
	}
	if e == nil {
		if r.state == rung.ChannelWaiting {
			r.become(rung.ChannelStarting, nil)
		}
		return
	}
	r.alarms.raise(rung.Alarm{Code: string(e.Code), Severity: rung.Critical, Message: e.Message, Hint: e.Hint}, now)
	r.become(rung.ChannelWaiting, e)
}
