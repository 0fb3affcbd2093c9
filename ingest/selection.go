package ingest

import (
	"fmt"
	"slices"
	"strings"

	"rung"
	"rung/internal/mpegts"
)

// selection is what a session takes of a transport stream: which streams, and what the probe found of them.
type selection struct {
	tables mpegts.Tables
	layout layout
	video  *rung.VideoInfo
	audio  []rung.AudioInfo
	tracks []int       // by the analyser's track: index in audio; -1: left out
	frames []frameKind // by index in audio: what the headers have said last
}

// frameSizes are the samples in a coded frame, where the codec fixes them.
var frameSizes = map[string]int{"aac": 1024, "aac_latm": 1024, "mp2": 1152, "mp3": 1152, "ac3": 1536, "eac3": 1536}

// selectStreams finds the analyser's streams in what the probe found. A picture that the probe could not read is an
// error; of sound that has not come yet the usual is supposed, so that it is heard when it comes.
func selectStreams(t mpegts.Tables, media rung.MediaInfo) (selection, error) {
	s := selection{tables: t}
	if t.Video != nil {
		v, err := probedVideo(*t.Video, media)
		if err != nil {
			return s, err
		}
		s.video = v
	}
	for _, stream := range t.Audio {
		a, ok := probedAudio(stream, media)
		if !ok {
			s.tracks = append(s.tracks, -1)
			continue
		}
		s.tracks = append(s.tracks, len(s.audio))
		s.audio = append(s.audio, a)
	}
	s.frames = make([]frameKind, len(s.audio))
	if s.video == nil && len(s.audio) == 0 {
		return s, nothingToCarry(t)
	}
	return s, nil
}

// settle makes the layout of what the ladder has renditions for; its rate stands in for a picture's that is not known.
func (s *selection) settle(l rung.Ladder) {
	if s.video != nil && len(l.Video) > 0 {
		s.layout.video = transportVideo(*s.video, l.Grid.Rate)
	}
	if len(l.Audio) == 0 {
		for i := range s.tracks {
			s.tracks[i] = -1
		}
		return
	}
	for _, a := range s.audio {
		s.layout.audio = append(s.layout.audio, transportAudio(a))
	}
}

func probedVideo(stream mpegts.Stream, media rung.MediaInfo) (*rung.VideoInfo, error) {
	i := slices.IndexFunc(media.Video, func(v rung.VideoInfo) bool { return v.PID == stream.PID })
	if i < 0 || media.Video[i].Width == 0 {
		if stream.Scrambled || i >= 0 && media.Video[i].Encrypted {
			return nil, errScrambled(fmt.Sprintf("video PID %d", stream.PID))
		}
		return nil, rung.Errorf(rung.CodeBadInput, "check the source: its pictures may be damaged or of a kind that cannot be decoded",
			"video PID %d (%s): no picture could be decoded", stream.PID, stream.Codec)
	}
	v := media.Video[i]
	return &v, nil
}

// probedAudio is what the probe found of a stream. ok is false where it cannot be carried.
func probedAudio(stream mpegts.Stream, media rung.MediaInfo) (a rung.AudioInfo, ok bool) {
	i := slices.IndexFunc(media.Audio, func(a rung.AudioInfo) bool { return a.PID == stream.PID })
	if i >= 0 {
		a = media.Audio[i]
	}
	if a.SampleRate == 0 {
		if stream.Codec == "" {
			return a, false
		}
		a.PID, a.Codec, a.SampleRate, a.Channels = stream.PID, stream.Codec, rung.AudioRate, 2
		a.FrameSize = frameSizes[stream.Codec]
	}
	if a.Language == "" {
		a.Language = stream.Language
	}
	return a, true
}

func errScrambled(streams string) error {
	return rung.Errorf(rung.CodeEncrypted, "descramble the service before it gets here", "scrambled: %s", streams)
}

// nothingToCarry says what the source has instead.
func nothingToCarry(t mpegts.Tables) error {
	var kinds []string
	for _, s := range t.All {
		if s.Codec != "" {
			kinds = append(kinds, s.Codec)
		} else {
			kinds = append(kinds, "unknown")
		}
	}
	has := "no streams"
	if len(kinds) > 0 {
		has = strings.Join(kinds, ", ")
	}
	return rung.Errorf(rung.CodeUnsupported, "choose another program or source", "program %d has neither video nor audio that can be carried: %s", t.Program.Number, has)
}

// soundOf is a transport stream's sound as the segmenter takes it; track -1 is not taken.
func (s *selection) soundOf(a mpegts.Sound) sound {
	q := sound{track: -1, pts: a.PTS, position: a.Position, end: a.End, arrived: a.Arrived}
	if a.Track < len(s.tracks) {
		q.track = s.tracks[a.Track]
	}
	if q.track >= 0 {
		q.samples = int64(a.Frames * s.layout.audio[q.track].frameSize)
	}
	return q
}
