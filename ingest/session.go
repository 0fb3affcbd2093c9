package ingest

import (
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
	l, same := s.source.relocate(t)
	if !same {
		s.changed = true
		return
	}
	s.segmenter.tables(t.PSI, l, t.Position)
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
	s.segmenter.sound(s.source.soundOf(a), s.now)
}

// Discontinuity implements mpegts.Handler.
func (s *session) Discontinuity(d mpegts.Discontinuity) { s.segmenter.discontinuity(d.Position) }

// pictureOf is a transport stream's picture as the segmenter takes it. One without a time stamp of its own only shows
// how far decoding has come.
func pictureOf(p mpegts.Picture) picture {
	q := picture{pts: p.PTS, dts: p.DTS, randomAccess: p.RandomAccess, recoveryFrames: p.RecoveryFrames, count: p.Count,
		position: p.Position, end: p.End}
	if p.Untimed {
		q.pts, q.randomAccess = p.DTS, false
	}
	return q
}
