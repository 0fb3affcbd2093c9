package ingest

import (
	"slices"

	"rung"
)

// wrapBits is the width of time stamps in transport streams (ISO/IEC 13818-1, 2.4.3.7), whose clock is clock90k.
const wrapBits = 33

// clock90k is the time base of transport streams.
var clock90k = rung.Rational{Num: 1, Den: 90000}

// track is one elementary stream of a session, as tasks describe it to the engine.
type track struct {
	index, pid int
	codec      string
	timeBase   rung.Rational
	wrapBits   int
	// rate is the source's pictures per second (video).
	rate rung.Rational
	// sampleRate, channels and frameSize (samples in a coded frame; 0: time stamps are exact or frames vary) are sound's.
	sampleRate, channels, frameSize int
}

// layout is what a session takes from its source.
type layout struct {
	video *track // nil: audio only
	audio []track
}

// same reports whether two layouts of a session take the same streams, of the same kind.
func (l layout) same(o layout) bool {
	return (l.video == nil) == (o.video == nil) && (l.video == nil || *l.video == *o.video) && slices.Equal(l.audio, o.audio)
}

// transportVideo describes a video stream of a transport stream. rate stands in where the probe found none.
func transportVideo(v rung.VideoInfo, rate rung.Rational) *track {
	if !v.FrameRate.IsZero() {
		rate = v.FrameRate
	}
	return &track{index: v.Index, pid: v.PID, codec: v.Codec, timeBase: clock90k, wrapBits: wrapBits, rate: rate}
}

// transportAudio describes an audio stream of a transport stream.
func transportAudio(a rung.AudioInfo) track {
	return track{index: a.Index, pid: a.PID, codec: a.Codec, timeBase: clock90k, wrapBits: wrapBits,
		sampleRate: a.SampleRate, channels: a.Channels, frameSize: a.FrameSize}
}

// step is the time from one coded picture or sound frame to the next, in ticks of the time base; 0 where unknown.
func (t *track) step() int64 {
	switch {
	case !t.rate.IsZero():
		return rung.Rescale(1, t.rate.Inverse(), t.timeBase)
	case t.frameSize > 0 && t.sampleRate > 0:
		return rung.Rescale(int64(t.frameSize), rung.Rational{Num: 1, Den: int64(t.sampleRate)}, t.timeBase)
	default:
		return 0
	}
}
