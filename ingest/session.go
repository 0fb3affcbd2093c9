package ingest

import (
	"fmt"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// session is one unbroken life of a channel's timeline: the packets go through the chunker into the source window, and
// through the analyser to the segmenter. It belongs to one goroutine.
type session struct {
	id        string
	ladder    rung.Ladder
	media     rung.MediaInfo
	source    selection
	chunker   *chunker
	analyser  *mpegts.Analyser
	segmenter *segmenter
	now       time.Time // when the packets in hand arrived
	changed   bool      // the source's streams are not those of the session any more
	noted     func(rung.Alarm, time.Time)
}

// block takes whole packets that arrived at now.
func (s *session) block(packets []byte, now time.Time) {
	s.now = now
	s.chunker.write(packets, now)
	s.analyser.Clock(now)
	s.analyser.Analyse(packets, s)
	s.segmenter.passed(s.analyser.Position())
	s.segmenter.tick(now)
	s.hurry()
}

// tick says that nothing has come until now. It reports whether a segment was raised without its source.
func (s *session) tick(now time.Time) bool {
	s.now = now
	s.chunker.expire(now)
	late := s.segmenter.tick(now)
	s.hurry()
	return late
}

// settle takes the window's acknowledgements into account and raises what they make readable.
func (s *session) settle(now time.Time) error {
	err := s.chunker.settle()
	s.segmenter.release(now)
	return err
}

// finish ends the session where its source has ended.
func (s *session) finish(now time.Time) {
	s.now = now
	s.analyser.Flush(s)
	s.segmenter.flush(now)
	s.chunker.flush()
}

// hurry sends the chunk that a complete segment waits for.
func (s *session) hurry() {
	if len(s.segmenter.waiting) > 0 {
		s.chunker.flush()
	}
}

// Tables implements mpegts.Handler.
func (s *session) Tables(t mpegts.Tables) {
	if s.changed {
		return
	}
	moves := s.source.moves(t)
	if s.changed = !s.source.relocate(t); s.changed {
		return
	}
	if moves != "" {
		s.note(rung.Alarm{Code: rung.AlarmTablesChanged, Severity: rung.Info, Message: moves, Hint: "nothing: the channel follows"})
	}
	s.segmenter.tables(t.PSI, s.source.layout, t.Position)
}

// note tells of something that happens now.
func (s *session) note(a rung.Alarm) {
	if s.noted != nil {
		s.noted(a, s.now)
	}
}

// Picture implements mpegts.Handler.
func (s *session) Picture(p mpegts.Picture) {
	if s.changed {
		return
	}
	s.segmenter.picture(pictureOf(p), s.now)
}

// Sound implements mpegts.Handler.
func (s *session) Sound(a mpegts.Sound) {
	if s.changed {
		return
	}
	if s.source.reframe(a) {
		s.segmenter.tables(s.segmenter.current().psi, s.source.layout, a.Position)
	}
	s.segmenter.sound(s.source.soundOf(a), s.now)
}

// pcrTolerance is how far a step of the PCR may be from the time that passed without packets and still be their loss.
const pcrTolerance = 500 * time.Millisecond

// Discontinuity implements mpegts.Handler.
func (s *session) Discontinuity(d mpegts.Discontinuity) {
	if d.Flagged { // unannounced ones may be packets out of order
		s.segmenter.discontinuity(d.Position)
	}
	if d.Clock != mpegts.ClockPCR {
		return
	}
	step := ofTicks(d.To - d.From)
	if missed := d.Passed - step; !d.Flagged && -pcrTolerance < missed && missed < pcrTolerance {
		return // packets are missing, and the clock has run on
	}
	severity, announced := rung.Warning, "without announcement"
	if d.Flagged {
		severity, announced = rung.Info, "as announced"
	}
	s.note(rung.Alarm{Code: rung.AlarmPCRDiscontinuity, Severity: severity,
		Message: fmt.Sprintf("PCR on PID %d steps by %+.3f s, %s", d.PID, step.Seconds(), announced), Hint: "check the encoder or what splices before it"})
}

// jumped tells of time stamps that break with their clock.
func (s *session) jumped(pid int, expected, ts int64) {
	s.note(rung.Alarm{Code: rung.AlarmTimestampJump, Severity: rung.Warning,
		Message: fmt.Sprintf("time stamps on PID %d jump by %+.3f s, from %.3f s to %.3f s", pid, ofTicks(ts-expected).Seconds(),
			ofTicks(expected).Seconds(), ofTicks(ts).Seconds()),
		Hint: "check the encoder or what splices before it"})
}

// ofTicks is a time in 1/90000 s, ticksOf the way back.
func ofTicks(ticks int64) time.Duration { return time.Duration(ticks) * 100_000 / 9 }

func ticksOf(d time.Duration) int64 { return int64(d/time.Microsecond) * 9 / 100 }

// pictureOf is a transport stream's picture as the segmenter takes it. One without a time stamp of its own only shows
// how far decoding has come.
func pictureOf(p mpegts.Picture) picture {
	q := picture{pts: p.PTS, dts: p.DTS, randomAccess: p.RandomAccess, recoveryFrames: p.RecoveryFrames, count: p.Count,
		position: p.Position, end: p.End, arrived: p.Arrived}
	if p.Untimed {
		q.pts, q.randomAccess = p.DTS, false
	}
	return q
}
