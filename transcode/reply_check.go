package transcode

import (
	"fmt"
	"regexp"
	"slices"

	"rung"
	"rung/transcode/protocol"
)

// The engine has read a stranger's video when it replies, and may have been taken over by it: what it says is held to
// bounds before anything here reckons with it.
const (
	maxStreams    = 1 << 12
	maxPrograms   = 1 << 12
	maxSide       = 1 << 14 // pixels
	maxRate       = 1000    // pictures a second
	maxSampleRate = 768_000 // Hz
	maxChannels   = 256
	maxFrameSize  = 1 << 20 // samples
	maxTicks      = int64(1) << 31
	maxText       = 1 << 10        // bytes of a name
	maxStamp      = int64(1) << 61 // in any time base: it leaves room for differences
)

// codecsPattern is one format of a CODECS attribute (RFC 6381, 3.3): it goes into playlists as it is.
var codecsPattern = regexp.MustCompile(`^[A-Za-z0-9]{1,8}(\.[A-Za-z0-9-]{1,16}){0,12}$`)

// outOfBounds is what a reply beyond them is refused with.
func outOfBounds(format string, args ...any) error {
	return rung.Errorf(rung.CodeEngine, "the source may be made to break programs: keep it for a look", "engine: its reply is out of bounds: %s", fmt.Sprintf(format, args...))
}

// checkMedia holds a probe's reply to its bounds.
func checkMedia(m rung.MediaInfo) error {
	if n := len(m.Video) + len(m.Audio) + len(m.Other); n > maxStreams {
		return outOfBounds("%d streams, more than %d", n, maxStreams)
	}
	if len(m.Programs) > maxPrograms {
		return outOfBounds("%d programs, more than %d", len(m.Programs), maxPrograms)
	}
	for _, v := range m.Video {
		if err := checkVideo(v); err != nil {
			return err
		}
	}
	for _, a := range m.Audio {
		if err := checkAudio(a); err != nil {
			return err
		}
	}
	for _, p := range m.Programs {
		if len(p.Streams) > maxStreams || len(p.Name) > maxText || len(p.Provider) > maxText {
			return outOfBounds("program %d has %d streams and names of %d and %d bytes", p.Number, len(p.Streams), len(p.Name), len(p.Provider))
		}
	}
	return nil
}

func checkVideo(v rung.VideoInfo) error {
	switch {
	case v.Width < 0 || v.Height < 0 || v.Width > maxSide || v.Height > maxSide:
		return outOfBounds("video stream %d is %dx%d", v.Index, v.Width, v.Height)
	case !isRatio(v.SAR, maxTicks) || !isRatio(v.FrameRate, maxTicks) || !v.FrameRate.IsZero() && v.FrameRate.Num > maxRate*v.FrameRate.Den:
		return outOfBounds("video stream %d has sample aspect ratio %v and rate %v", v.Index, v.SAR, v.FrameRate)
	}
	return checkStream(v.Index, v.TimeBase, v.StartTime, v.Codec, v.Profile, v.PixFmt)
}

func checkAudio(a rung.AudioInfo) error {
	if a.SampleRate < 0 || a.SampleRate > maxSampleRate || a.Channels < 0 || a.Channels > maxChannels || a.FrameSize < 0 || a.FrameSize > maxFrameSize {
		return outOfBounds("audio stream %d has %d channels at %d Hz in frames of %d", a.Index, a.Channels, a.SampleRate, a.FrameSize)
	}
	return checkStream(a.Index, a.TimeBase, a.StartTime, a.Codec, a.Language, a.Layout)
}

// checkStream holds what pictures and sound have in common.
func checkStream(index int, timeBase rung.Rational, start int64, names ...string) error {
	if timeBase.IsZero() || !isRatio(timeBase, maxTicks) || !isStamp(start) {
		return outOfBounds("stream %d begins at %d of time base %v", index, start, timeBase)
	}
	for _, name := range names {
		if len(name) > maxText {
			return outOfBounds("stream %d has a name of %d bytes", index, len(name))
		}
	}
	return nil
}

// isRatio reports whether a ratio is unknown, or one of two numbers up to most.
func isRatio(r rung.Rational, most int64) bool {
	return r.Num >= 0 && r.Den >= 0 && r.Num <= most && r.Den <= most
}

// isStamp reports whether a time stamp leaves room for reckoning with it.
func isStamp(ts int64) bool { return ts >= -maxStamp && ts <= maxStamp }

// checkIndex holds an index to its bounds, and to the number of audio streams that it was asked for.
func checkIndex(r protocol.IndexReply, audio int) error {
	if len(r.Audio) != audio {
		return outOfBounds("bounds of %d audio streams, not %d", len(r.Audio), audio)
	}
	for i, v := range r.Video {
		if !isStamp(v.PTS) || !isStamp(v.DTS) {
			return outOfBounds("picture %d is at %d, decoded at %d", i, v.PTS, v.DTS)
		}
	}
	for i, a := range r.Audio {
		if !isStamp(a.First) || !isStamp(a.End) || a.End < a.First {
			return outOfBounds("audio stream %d of those asked for lasts from %d to %d", i, a.First, a.End)
		}
		if !isStamp(a.Shortest) || !isStamp(a.Longest) || !slices.IsSorted(a.Stamps) || len(a.Stamps) > 0 && (a.Stamps[0] < a.First || a.Stamps[len(a.Stamps)-1] > a.End) {
			return outOfBounds("audio stream %d of those asked for has time stamps that do not rise from %d to %d", i, a.First, a.End)
		}
	}
	return nil
}

// checkTrack holds what an encode says of a rendition to its bounds.
func checkTrack(id rung.SegmentID, t protocol.EncodedTrack) error {
	if t.Frames < 0 || t.Width < 0 || t.Height < 0 || t.Width > maxSide || t.Height > maxSide || t.Codecs != "" && !codecsPattern.MatchString(t.Codecs) {
		return outOfBounds("segment %v: rendition %q has %d frames of %dx%d, codecs %q", id, t.ID, t.Frames, t.Width, t.Height, t.Codecs)
	}
	return nil
}
