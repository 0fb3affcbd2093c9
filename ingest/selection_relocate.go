package ingest

import (
	"bytes"
	"fmt"
	"slices"

	"rung"
	"rung/internal/mpegts"
)

// frameKind is what the header of a coded frame of sound says; zero: nothing yet.
type frameKind struct{ rate, samples int }

// relocate takes new tables over into the layout: other PIDs, other codecs. A stream that they no longer name keeps its
// place, empty until they name it again. It reports false, and changes nothing, where they have a stream that the session
// has no place for: that asks for another session.
func (s *selection) relocate(t mpegts.Tables) bool {
	if t.Video != nil && s.video == nil {
		return false
	}
	tracks, ok := s.match(t)
	if !ok {
		return false
	}
	l := layout{audio: slices.Clone(s.layout.audio)}
	for i, stream := range t.Audio {
		at := tracks[i]
		if at < 0 || len(l.audio) == 0 {
			continue
		}
		if l.audio[at].pid = stream.PID; l.audio[at].codec != stream.Codec && !s.known(at, stream.Codec) {
			l.audio[at] = anotherCodec(l.audio[at], stream.Codec)
			s.frames[at] = frameKind{}
		}
	}
	if s.layout.video != nil {
		v := *s.layout.video
		if t.Video != nil {
			v.pid, v.codec = t.Video.PID, t.Video.Codec
		}
		l.video = &v
	}
	for i, at := range tracks {
		if at >= 0 {
			s.audio[at].PID, s.audio[at].Language = t.Audio[i].PID, t.Audio[i].Language
		}
	}
	s.tables, s.tracks, s.layout = t, tracks, l
	return true
}

// known reports whether a codec that the tables name is the one that a track's stream was probed to be: they do not tell
// layer III from II, nor always Enhanced AC-3 from AC-3.
func (s *selection) known(track int, named string) bool {
	for i, at := range s.tracks {
		if at == track && i < len(s.tables.Audio) {
			return s.tables.Audio[i].Codec == named
		}
	}
	return false
}

// anotherCodec is a track whose stream has become one of another codec, with what is usual for it.
func anotherCodec(t track, codec string) track {
	t.codec, t.sampleRate, t.frameSize = codec, rung.AudioRate, frameSizes[codec]
	return t
}

// match finds the session's track of each audio stream of new tables: the one with its PID, else with its language, else
// the one in its place where there are as many as before. It fails where a stream is left that the ladder would have had.
func (s *selection) match(t mpegts.Tables) (tracks []int, ok bool) {
	tracks = slices.Repeat([]int{-1}, len(t.Audio))
	if len(s.audio) > 0 && len(s.layout.audio) == 0 { // the ladder has no sound
		return tracks, true
	}
	taken := make([]bool, len(s.audio))
	pair := func(fits func(stream mpegts.Stream, i, at int) bool) {
		for i, stream := range t.Audio {
			for at := range s.audio {
				if tracks[i] < 0 && !taken[at] && fits(stream, i, at) {
					tracks[i], taken[at] = at, true
				}
			}
		}
	}
	pair(func(stream mpegts.Stream, _, at int) bool { return stream.PID == s.audio[at].PID })
	pair(func(stream mpegts.Stream, _, at int) bool {
		return stream.Language != "" && stream.Language == s.audio[at].Language
	})
	pair(func(_ mpegts.Stream, i, at int) bool { return len(t.Audio) == len(s.audio) && i == at })
	for i, at := range tracks {
		if at < 0 && t.Audio[i].Codec != "" {
			return nil, false
		}
	}
	return tracks, true
}

// reframe takes what a frame's header says. It reports whether the track's sampling rate or frame size is another now than
// its headers have said before; the layout then has it.
func (s *selection) reframe(a mpegts.Sound) bool {
	if a.Rate == 0 || a.Samples == 0 || a.Track >= len(s.tracks) || s.tracks[a.Track] < 0 {
		return false
	}
	at, kind := s.tracks[a.Track], frameKind{a.Rate, a.Samples}
	before := s.frames[at]
	s.frames[at] = kind
	t := s.layout.audio[at]
	if before == kind || before == (frameKind{}) && t.sampleRate == kind.rate {
		return false
	}
	if before == (frameKind{}) && t.sampleRate != kind.rate && t.codec == s.audio[at].Codec {
		return false // the probe knows better: spectral band replication
	}
	s.layout.audio = slices.Clone(s.layout.audio)
	s.layout.audio[at].sampleRate = kind.rate
	if t.frameSize > 0 {
		s.layout.audio[at].frameSize = kind.samples
	}
	return true
}

// moves says which of the session's streams new tables have elsewhere; "" where they have another version only by name.
func (s *selection) moves(t mpegts.Tables) string {
	list, old := "", s.tables
	switch {
	case bytes.Equal(t.PSI, old.PSI):
		return ""
	case old.Video != nil && t.Video == nil:
		list = joined(list, fmt.Sprintf("video PID %d is gone", old.Video.PID))
	case old.Video == nil && t.Video != nil:
		list = joined(list, fmt.Sprintf("video PID %d is there", t.Video.PID))
	case old.Video != nil && old.Video.PID != t.Video.PID:
		list = joined(list, fmt.Sprintf("video PID %d → %d", old.Video.PID, t.Video.PID))
	}
	for i := range max(len(old.Audio), len(t.Audio)) {
		switch {
		case i >= len(t.Audio):
			list = joined(list, fmt.Sprintf("audio PID %d is gone", old.Audio[i].PID))
		case i >= len(old.Audio):
			list = joined(list, fmt.Sprintf("audio PID %d is there", t.Audio[i].PID))
		case old.Audio[i].PID != t.Audio[i].PID:
			list = joined(list, fmt.Sprintf("audio PID %d → %d", old.Audio[i].PID, t.Audio[i].PID))
		}
	}
	if list == "" {
		list = "the streams are the same"
	}
	return fmt.Sprintf("another program map for program %d: %s", t.Program.Number, list)
}
