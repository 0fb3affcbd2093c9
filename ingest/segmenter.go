package ingest

import (
	"time"

	"rung"
)

// lostAfter is how long after its due time a segment is raised with what there is.
const lostAfter = time.Second

// soundMargin is how much sound beyond the two frames after an interval must have come before it is complete: what the
// resampler and the codec's own delay hold back, in samples at rung.AudioRate (60 ms).
const soundMargin = rung.AudioRate * 60 / 1000

// segmenterOptions describe one session.
type segmenterOptions struct {
	id            rung.SegmentID // its number does not matter
	ladder        rung.Ladder
	store, prefix string
	format        string // libavformat's demuxer
	layout        layout
	psi           []byte
	// transport says that time stamps are of a 90 kHz clock that may jump, and that positions are of one multiplex, so
	// that the streams come side by side. Otherwise sound is there at once and only its first frame is told.
	transport bool
	warmUp    int64         // pictures before an interval; 0: warmUpFrames
	origin    time.Time     // wall-clock time of frame 0; zero: when its picture comes
	deadline  time.Duration // from a task's raising; 0: none
	locator   locator
	raise     func(rung.Task)
	slate     func() string                     // the key of the channel's own slate as it is now; may be nil
	jumped    func(pid int, expected, ts int64) // is told of time stamps that break with their clock; may be nil
}

// segmenter cuts one session's timeline into segments. It keeps no clock and starts nothing: the same calls give the
// same tasks. Not for use by several goroutines at once.
type segmenter struct {
	opts      segmenterOptions
	grid      rung.Grid
	stretches []*stretch // the last is the current one
	heads     []head     // video, where there is any, then the audio tracks
	newest    int64      // the last time stamp of the current stretch, of any stream
	boundary  int64      // where the stream has said that its clock changes; -1: nowhere new
	told      int64      // the end of the last picture or sound
	analysed  int64      // all bytes before this position have been told of
	origin    time.Time
	delay     latency
	pace      pace
	number    int64 // of the next segment
	waiting   []waitingTask
	ended     bool
}

// newSegmenter begins a session. Its source needs video or audio.
func newSegmenter(opts segmenterOptions) *segmenter {
	if opts.warmUp == 0 {
		opts.warmUp = warmUpFrames
	}
	s := &segmenter{opts: opts, grid: opts.ladder.Grid, boundary: -1, origin: opts.origin}
	s.stretches = []*stretch{newStretch(s.grid, opts.layout, 0, opts.psi)}
	s.heads = make([]head, s.soundHead(len(opts.layout.audio)))
	return s
}

// soundHead is the index in heads of an audio track.
func (s *segmenter) soundHead(track int) int {
	if s.opts.layout.video != nil {
		return track + 1
	}
	return track
}

func (s *segmenter) current() *stretch { return s.stretches[len(s.stretches)-1] }

// picture takes the next coded picture.
func (s *segmenter) picture(p picture, now time.Time) {
	if s.opts.layout.video == nil || s.ended {
		return
	}
	if s.opts.transport && !near(p.pts, p.dts, reorderTicks) {
		p.pts, p.randomAccess = p.dts, false
	}
	h, arrived := &s.heads[0], arrival(p.arrived, now)
	st := s.follow(h, p.dts, p.position, s.opts.layout.video.step(), arrived)
	if st == nil || !st.fixed && !s.anchor(st, p, arrived) {
		return
	}
	place := st.place(p.pts)
	if p.randomAccess {
		refresh := s.places(p.recoveryFrames)
		if !st.entered {
			st.entered, st.entry = true, max(place+refresh, st.entry)
		}
		st.raps = append(st.raps, randomAccess{ready: place + refresh, position: p.position})
	}
	st.last = max(st.last, place+s.places(p.count-1))
	if cur := s.current(); cur != st {
		cur.floor = max(cur.floor, st.last+1)
	}
	h.position, h.place = p.position, st.place(p.dts)
	s.advance(h, st.micros(-1, p.dts), p.end, arrived)
	s.cut(now)
}

// arrival is when something came that is told of now: a PES packet without a length is known to be whole only by the next,
// which may be long after.
func arrival(arrived, now time.Time) time.Time {
	if arrived.IsZero() {
		return now
	}
	return arrived
}

// anchor sets the stretch's rule by its first picture. The session's own origin is the first random access point:
// pictures shown before it that come after it (open GOP) refer to what was not received. With a gradual refresh the
// origin is where the refresh has ended. It reports whether the rule holds now.
func (s *segmenter) anchor(st *stretch, p picture, now time.Time) bool {
	if st.follows {
		st.origin, st.frame = p.pts, max(st.place(p.pts), st.floor)
		st.entry = st.frame
		st.fix()
		return true
	}
	if !p.randomAccess {
		return false
	}
	video := s.opts.layout.video
	st.origin, st.frame, st.mapped = p.pts, 0, true
	if p.recoveryFrames > 0 && !video.rate.IsZero() {
		st.origin += rung.Rescale(int64(p.recoveryFrames), video.rate.Inverse(), video.timeBase)
	}
	st.fix()
	s.begin(now)
	return true
}

// begin notes the wall-clock time of the session's origin.
func (s *segmenter) begin(now time.Time) {
	if s.origin.IsZero() {
		s.origin = now
	}
}

// places is a number of source pictures in grid places.
func (s *segmenter) places(pictures int) int64 {
	rate := s.opts.layout.video.rate
	if pictures <= 0 || rate.IsZero() {
		return 0
	}
	return rung.Rescale(int64(pictures), rate.Inverse(), s.grid.Rate.Inverse())
}

// sound takes the next coded audio of a track.
func (s *segmenter) sound(a sound, now time.Time) {
	if a.track < 0 || a.track >= len(s.opts.layout.audio) || s.ended {
		return
	}
	track := &s.opts.layout.audio[a.track]
	h, arrived := &s.heads[s.soundHead(a.track)], arrival(a.arrived, now)
	st := s.follow(h, a.pts, a.position, track.step(), arrived)
	if st == nil {
		return
	}
	if s.opts.layout.video == nil && !st.fixed {
		if !st.mapped {
			st.origin, st.mapped = a.pts, true
			s.begin(now)
		}
		st.entered, st.entry = true, st.frame
		st.fix()
	}
	st.hear(a.track, a.pts, a.position)
	st.fixTrack(a.track)
	if s.opts.transport { // elsewhere it is not told of every frame
		st.stamp(a.track, a.pts)
	}
	h.position = a.position
	if !st.mapped {
		s.note(a.end)
		return
	}
	end := a.pts + rung.Rescale(a.samples, rung.Rational{Num: 1, Den: int64(track.sampleRate)}, track.timeBase)
	if s.opts.layout.video == nil {
		st.last = max(st.last, st.soundingPlace(a.track, end))
	}
	s.advance(h, st.micros(a.track, end), a.end, arrived)
	s.cut(now)
}

// stamps gives time stamps of coded sound that are known before it is told of.
func (s *segmenter) stamps(track int, pts []int64) { s.current().sounds[track].stamps = pts }

// advance moves a stream's head on, and learns from it how late the source is and how far behind the stream runs.
func (s *segmenter) advance(h *head, micros, end int64, now time.Time) {
	foremost := micros
	for i := range s.heads {
		if s.heads[i].seen {
			foremost = max(foremost, s.heads[i].micros)
		}
	}
	h.lag = min(foremost-micros, maxLag)
	h.seen, h.micros, h.placed = true, micros, now
	s.note(end)
	if !s.origin.IsZero() && !now.IsZero() {
		late := now.Sub(s.origin) - time.Duration(micros)*time.Microsecond
		s.delay.note(late, now)
		s.pace.note(late, now)
	}
}

// note moves on what has been told.
func (s *segmenter) note(end int64) {
	s.told = max(s.told, end)
	s.analysed = max(s.analysed, end)
}

// passed says that everything before the position has been told of.
func (s *segmenter) passed(position int64) { s.analysed = max(s.analysed, position) }

// started reports whether the session has its origin.
func (s *segmenter) started() bool { return s.stretches[0].mapped }

// learnt is how much later than the origin's the source runs now.
func (s *segmenter) learnt() time.Duration { return s.delay.value() }

// silent is how long a stream has not come, or not by a clock that fits the timeline; how long the session has lasted
// where it never has.
func (s *segmenter) silent(head int, now time.Time) time.Duration {
	at := s.heads[head].placed
	if !s.started() {
		at = s.heads[head].at
	}
	if at.IsZero() {
		at = s.origin
	}
	if at.IsZero() {
		return 0
	}
	return now.Sub(at)
}
