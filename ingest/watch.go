package ingest

import (
	"fmt"
	"time"

	"rung"
)

// silentAfter is how long pictures or sound may be away before it is an alarm: more than any stream's own pace (PES
// packets of sound come at least each 0.7 s), and more than a look-ahead holds back.
const silentAfter = time.Second

// watch is what a channel's alarms are derived from.
type watch struct {
	back        time.Time   // when the source was first seen after it was lost; zero: it is
	sourceError *rung.Error // the receiver's last
	startError  *rung.Error // why no session could begin
	windowError error       // the source window's last

	errors errorWatch
	format formatWatch
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

// checkFlow raises and clears the alarms for what does not arrive, and moves the channel's state by them. It is called
// often: it costs next to nothing.
func (r *runner) checkFlow(now time.Time) {
	if r.state == rung.ChannelFailed || r.ended {
		return
	}
	waits := !r.queue.empty() // what waits is older than now: by its own time nothing may be missing
	lost := !waits && now.Sub(r.lastBlock) > lostAfter
	r.checkSource(lost, now)
	if r.session != nil && !waits {
		r.checkStreams(lost, now)
	}
	r.alarms.fade(now)
}

// check raises and clears all alarms.
func (r *runner) check(now time.Time) {
	r.checkFlow(now)
	if r.state == rung.ChannelFailed || r.ended {
		return
	}
	r.watch.errors.check(r.alarms, r.figures(), r.watch.windowError, now)
	r.checkQueue(now)
	if r.session == nil {
		r.checkStart(now)
		return
	}
	r.checkProgram(r.session.analyser.Absent(), now)
	r.checkDrift(now)
	if changes := r.watch.format.changes(r.session.analyser.MediaHints(), r.session.source.tables); changes != "" {
		r.alarms.note(rung.Alarm{Code: rung.AlarmFormatChanged, Severity: rung.Warning, Message: changes,
			Hint: "the presentation goes on as it was; restart the channel where its ladder or labels are to follow"}, 1, now)
	}
}

// checkSource looks at whether anything arrives.
func (r *runner) checkSource(lost bool, now time.Time) {
	if lost {
		e := r.awayBecause()
		r.alarms.raise(rung.Alarm{Code: rung.AlarmSourceLost, Severity: rung.Critical, Message: e.Message, Hint: e.Hint}, now)
		r.become(rung.ChannelWaiting, &rung.Error{Code: rung.CodeSourceLost, Message: e.Message, Hint: e.Hint})
		return
	}
	r.alarms.clear(rung.AlarmSourceLost, now)
	if r.session != nil {
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
	r.alarms.set(!stuck.IsZero() && now.Sub(stuck) > lostAfter, rung.AlarmQueue, now, func() rung.Alarm {
		return rung.Alarm{Severity: rung.Critical, Message: fmt.Sprintf("raised segments wait for the queue; %d are lost", lost), Hint: "check the message queue"}
	})
}

// checkStreams looks at whether the session's pictures and sound come, and whether they can be read.
//
// A source that has just come back is given as long as any other: its packets may be seen before their pictures.
func (r *runner) checkStreams(lost bool, now time.Time) {
	switch {
	case lost:
		r.watch.back = time.Time{}
	case r.watch.back.IsZero():
		r.watch.back = now
	}
	lost = lost || now.Sub(r.watch.back) < silentAfter
	seg := r.session.segmenter
	l := seg.opts.layout
	if l.video != nil {
		r.alarms.set(!lost && seg.silent(0, now) > silentAfter, rung.AlarmNoVideo, now, func() rung.Alarm {
			return rung.Alarm{Severity: rung.Critical, Message: fmt.Sprintf("the source arrives without pictures: video PID %d (%s)", l.video.pid, l.video.codec),
				Hint: "check the encoder"}
		})
	}
	silent, scrambled := r.silentTracks(now), r.session.scrambled()
	r.alarms.set(!lost && silent != "", rung.AlarmNoAudio, now, func() rung.Alarm {
		return rung.Alarm{Severity: rung.Major, Message: "the source arrives without the sound of " + silent, Hint: "check the encoder"}
	})
	r.alarms.set(!lost && scrambled != "", rung.AlarmScrambled, now, func() rung.Alarm {
		return rung.Alarm{Severity: rung.Critical, Message: "scrambled: " + scrambled, Hint: "descramble the service before it gets here"}
	})
}

// silentTracks names the selected audio tracks whose sound does not come.
func (r *runner) silentTracks(now time.Time) string {
	seg := r.session.segmenter
	names := ""
	for i, a := range seg.opts.layout.audio {
		if seg.silent(seg.soundHead(i), now) > silentAfter {
			names = joined(names, fmt.Sprintf("audio PID %d (%s)", a.pid, a.codec))
		}
	}
	return names
}

// joined adds a name to a list of names.
func joined(list, name string) string {
	if list == "" {
		return name
	}
	return list + ", " + name
}

// checkProgram looks at whether the chosen program is there.
func (r *runner) checkProgram(absent bool, now time.Time) {
	r.alarms.set(absent, rung.AlarmProgramMissing, now, func() rung.Alarm {
		return rung.Alarm{Severity: rung.Critical, Message: programName(r.channel.Source) + " is not in the transport stream",
			Hint: "check the multiplex, or choose a program that it has"}
	})
}

// programName is the program that a source chooses, in words.
func programName(s rung.Source) string {
	switch {
	case s.Program != 0:
		return fmt.Sprintf("program %d", s.Program)
	case s.Service != "":
		return fmt.Sprintf("service %q", s.Service)
	}
	return "a program"
}

// driftRaised and driftCleared are how far the source's clock may be off in millionths before it is an alarm, and until it
// is no longer: the standard allows 30 (ISO/IEC 13818-1, 2.4.2.1).
const (
	driftRaised  = 100
	driftCleared = 50
)

// checkDrift looks at how fast the source's clock runs.
func (r *runner) checkDrift(now time.Time) {
	ppm, later, over, known := r.session.segmenter.pace.drift()
	off := max(ppm, -ppm)
	switch way := "slow"; {
	case !known || off < driftCleared:
		r.alarms.clear(rung.AlarmClockDrift, now)
	case off >= driftRaised:
		if ppm < 0 {
			way = "fast"
		}
		r.alarms.raise(rung.Alarm{Code: rung.AlarmClockDrift, Severity: rung.Warning,
			Message: fmt.Sprintf("the source's clock runs %d ppm %s against ours: %v in %v", off, way, max(later, -later).Round(time.Millisecond), over.Round(time.Second)),
			Hint:    "lock the encoder's clock, and see that ours is kept by NTP"}, now)
	}
}

// checkStart says why no session begins although packets arrive.
func (r *runner) checkStart(now time.Time) {
	if now.Sub(r.lastBlock) > lostAfter {
		return
	}
	e := r.watch.startError
	absent := false
	if u := r.startup; e == nil && u != nil && !u.begun && now.Sub(u.first) > retryTime {
		e, absent = u.missing(r.channel.Source), u.scout.Absent()
	}
	r.checkProgram(absent, now)
	if e == nil {
		if r.state == rung.ChannelWaiting {
			r.become(rung.ChannelStarting, nil)
		}
		return
	}
	if !absent {
		r.alarms.raise(rung.Alarm{Code: string(e.Code), Severity: rung.Critical, Message: e.Message, Hint: e.Hint}, now)
	}
	r.become(rung.ChannelWaiting, e)
}
