package ingest

import (
	"rung"
)

const (
	// leadFrames and followFrames are how many coded frames before and behind its own an encoder of sound is fed.
	leadFrames   = 8
	followFrames = 2
)

// part gives the stretch's rules for a task's interval, without the bytes. after is the stretch that follows it, nil for
// none.
func (s *stretch) part(format string, iv rung.Interval, after *stretch) rung.Part {
	p := rung.Part{Format: format, Prefix: s.psi}
	if v := s.layout.video; v != nil {
		p.Video = s.videoSource(iv, after)
	}
	for i := range s.layout.audio {
		p.Audio = append(p.Audio, s.audioSource(i, iv, after))
	}
	return p
}

func (s *stretch) videoSource(iv rung.Interval, after *stretch) *rung.VideoSource {
	v := s.layout.video
	src := &rung.VideoSource{Index: v.index, PID: v.pid, Codec: v.codec, TimeBase: v.timeBase, WrapBits: v.wrapBits,
		Origin: s.origin, Frame: s.frame, From: -unbounded, To: unbounded}
	if v.wrapBits > 0 {
		ticks, frames := laps(iv.First-s.frame, s.grid.Rate.Inverse(), 1, v.timeBase)
		src.Origin, src.Frame = s.origin+ticks, s.frame+frames
	}
	if s.follows && s.entered {
		src.From = s.entry
	}
	if after != nil && after.entered {
		src.To = after.entry
	}
	return src
}

func (s *stretch) audioSource(i int, iv rung.Interval, after *stretch) rung.AudioSource {
	a, t := s.layout.audio[i], &s.sounds[i]
	src := rung.AudioSource{Index: a.index, PID: a.pid, Codec: a.codec, TimeBase: a.timeBase, WrapBits: a.wrapBits,
		SampleRate: a.sampleRate, Channels: a.channels, FrameSize: a.frameSize,
		Origin: t.origin, Sample: t.sample, From: -unbounded, To: unbounded}
	if !t.fixed { // nothing of it is in the range, so any rule is right: the one of the pictures
		src.Origin = s.samplePTS(i, iv.AudioFirst*rung.AudioFrame)
		src.Sample = rung.Rescale(iv.AudioFirst*rung.AudioFrame, rung.Rational{Num: 1, Den: rung.AudioRate}, rung.Rational{Num: 1, Den: int64(a.sampleRate)})
		return src
	}
	if a.wrapBits > 0 {
		perSample := rung.Rational{Num: 1, Den: int64(a.sampleRate)}
		at := rung.Rescale(iv.AudioFirst*rung.AudioFrame, rung.Rational{Num: 1, Den: rung.AudioRate}, perSample)
		ticks, samples := laps(at-t.sample, perSample, int64(max(1, a.frameSize)), a.timeBase)
		src.Origin, src.Sample = t.origin+ticks, t.sample+samples
	}
	if t.drift != nil {
		src.Drift = t.drift.over((iv.AudioFirst-leadFrames)*rung.AudioFrame-driftMargin, (iv.AudioEnd()+followFrames)*rung.AudioFrame+driftMargin)
	}
	if begin, ok := s.firstSample(i); ok && s.follows {
		src.From = begin
	}
	if after != nil {
		if end, ok := after.firstSample(i); ok {
			src.To = end
		}
	}
	return src
}
