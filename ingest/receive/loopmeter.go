package receive

import (
	"rung"
	"rung/internal/mpegts"
)

// loopMeter finds out from a file's events how long it is: from its first picture in display order to one frame behind
// its last, or from its first sound to the end of its last where there are no pictures. Where the clock steps inside
// the file, the beginning is that before the first step and the end that behind the last.
type loopMeter struct {
	rate  func() rung.MediaInfo // set once tables have come
	video int                   // PID; 0: none

	pictures, sounds span
	soundEnd         int64 // frames in the last PES packet of sound
}

// span is the stretch between two time stamps, in 1/90000 s.
type span struct {
	first, last int64
	begun       bool
	stepped     bool // a step came: first is fixed
	renewed     bool // nothing came since the last step
}

func (s *span) add(pts int64) {
	switch {
	case !s.begun:
		s.first, s.last, s.begun = pts, pts, true
	case s.renewed:
		s.last = pts
	case pts > s.last:
		s.last = pts
	}
	s.renewed = false
	if !s.stepped && pts < s.first {
		s.first = pts
	}
}

func (s *span) step() { s.stepped, s.renewed = s.begun, s.begun }

// Tables implements mpegts.Handler.
func (m *loopMeter) Tables(t mpegts.Tables) {
	if m.rate == nil {
		m.rate = func() rung.MediaInfo { return rung.MediaInfo{} }
	}
	if t.Video != nil {
		m.video = t.Video.PID
	}
}

// Picture implements mpegts.Handler.
func (m *loopMeter) Picture(p mpegts.Picture) {
	if !p.Untimed {
		m.pictures.add(p.PTS)
	}
}

// Sound implements mpegts.Handler.
func (m *loopMeter) Sound(s mpegts.Sound) {
	if s.Track == 0 {
		m.sounds.add(s.PTS)
		m.soundEnd = int64(max(1, s.Frames))
	}
}

// Discontinuity implements mpegts.Handler.
func (m *loopMeter) Discontinuity(d mpegts.Discontinuity) {
	switch d.Clock {
	case mpegts.ClockVideo:
		m.pictures.step()
	case mpegts.ClockAudio:
		m.sounds.step()
	}
}

// length is the file's; false if it has none.
func (m *loopMeter) length() (loopLength, bool) {
	info := m.rate()
	if m.pictures.begun && len(info.Video) > 0 && !info.Video[0].FrameRate.IsZero() {
		rate := info.Video[0].FrameRate
		ticks := m.pictures.last - m.pictures.first + rung.Rescale(1, rate.Inverse(), stampBase)
		l := newLoopLength(ticks, rate)
		return l, l.frames > 0
	}
	for _, a := range info.Audio {
		if m.sounds.begun && a.SampleRate > 0 && a.FrameSize > 0 {
			rate := rung.R(int64(a.SampleRate), int64(a.FrameSize))
			ticks := m.sounds.last - m.sounds.first + rung.Rescale(m.soundEnd, rate.Inverse(), stampBase)
			l := newLoopLength(ticks, rate)
			return l, l.frames > 0
		}
	}
	return loopLength{}, false
}
