package ingest

import (
	"context"
	"time"

	"rung"
)

// indexed plans a container that the engine has made an index of. Workers open the whole object and seek in it.
func (p *plan) indexed(ctx context.Context) error {
	video, audio, err := p.choose()
	if err != nil {
		return err
	}
	ladder, err := p.resolver.Resolve(video, audio)
	if err != nil {
		return err
	}
	l := containerLayout(video, audio, ladder)
	if l.video == nil && len(l.audio) == 0 {
		return nothingFor(p.job)
	}
	wanted := -1
	if l.video != nil {
		wanted = l.video.index
	}
	var tracks []int
	for _, a := range l.audio {
		tracks = append(tracks, a.index)
	}
	index, err := p.planner.opts.Prober.Index(ctx, p.object, p.object.Size(), p.media.Format, wanted, tracks)
	if err != nil {
		return err
	}
	if err := p.checkLength(l, index); err != nil {
		return err
	}
	for i := range min(len(l.audio), len(index.Audio)) {
		index.Audio[i].Stamps = l.audio[i].followed(index.Audio[i], audio[i].FrameSize)
	}
	where := &objectSeeks{url: p.job.Input, object: p.object, layout: l, video: index.Video}
	if l.video == nil && len(index.Audio) > 0 {
		where.audio = index.Audio[0].First
	}
	o := p.options(l, ladder, where)
	o.warmUp = max(warmUpFrames, ceiling(seconds(warmUpSamples*ladder.Grid.Rate.Num, rung.Rational{Num: 1, Den: rung.AudioRate * ladder.Grid.Rate.Den})))
	feedIndex(newSegmenter(o), l, index)
	return nil
}

// choose picks the first video and the first audio stream.
func (p *plan) choose() (*rung.VideoInfo, []rung.AudioInfo, error) {
	var video *rung.VideoInfo
	var audio []rung.AudioInfo
	if len(p.media.Video) > 0 {
		v := p.media.Video[0]
		switch {
		case v.Encrypted:
			return nil, nil, rung.Errorf(rung.CodeEncrypted, "give the input without encryption", "input %q: its video is encrypted", redact(p.job.Input))
		case v.Width == 0 || v.Codec == "":
			return nil, nil, rung.Errorf(rung.CodeUnsupported, "convert the video to a codec that is supported", "input %q: video codec %q cannot be decoded", redact(p.job.Input), v.Codec)
		}
		video = &v
	}
	for _, a := range p.media.Audio {
		if !a.Encrypted && a.SampleRate > 0 {
			audio = append(audio, a)
			break
		}
	}
	if video == nil && len(audio) == 0 {
		return nil, nil, rung.Errorf(rung.CodeBadInput, "give a file with video or audio", "input %q has neither video nor audio that can be decoded", redact(p.job.Input))
	}
	return video, audio, nil
}

// containerLayout describes the streams of a container for what the ladder has renditions for.
func containerLayout(video *rung.VideoInfo, audio []rung.AudioInfo, ladder rung.Ladder) layout {
	var l layout
	if video != nil && len(ladder.Video) > 0 {
		rate := video.FrameRate
		if rate.IsZero() {
			rate = ladder.Grid.Rate
		}
		l.video = &track{index: video.Index, codec: video.Codec, timeBase: video.TimeBase, rate: rate}
	}
	if len(ladder.Audio) == 0 {
		return l
	}
	for _, a := range audio {
		t := track{index: a.Index, codec: a.Codec, timeBase: a.TimeBase, sampleRate: a.SampleRate, channels: a.Channels}
		// Time stamps that are exact to the sample need no lattice, and may have gaps that fit none.
		if a.TimeBase.Num*int64(a.SampleRate) > a.TimeBase.Den {
			t.frameSize = a.FrameSize
		}
		l.audio = append(l.audio, t)
	}
	return l
}

// feedIndex tells the segmenter of all an index has. The position of a picture is its number in the index; without
// pictures the position of sound is its time stamp, counted from the first.
func feedIndex(s *segmenter, l layout, index Index) {
	var never time.Time
	for i := range l.audio {
		if i < len(index.Audio) && index.Audio[i].End > index.Audio[i].First && l.video != nil {
			s.stamps(i, index.Audio[i].Stamps)
			s.sound(sound{track: i, pts: index.Audio[i].First, end: 1}, never)
		}
	}
	// A file may say that pictures are decoded after they are shown (negative composition offsets, ISO/IEC 14496-12 8.6.1.3).
	// The decoding clock is set back by as much, because it is what says how far the source has come.
	late := int64(0)
	for _, p := range index.Video {
		late = max(late, p.DTS-p.PTS)
	}
	for i, p := range index.Video {
		at := int64(i)
		s.picture(picture{pts: p.PTS, dts: p.DTS - late, randomAccess: p.Key, count: 1, position: at, end: at + 1}, never)
	}
	if l.video == nil && len(index.Audio) > 0 {
		s.stamps(0, index.Audio[0].Stamps)
		feedSpan(s, l.audio[0], index.Audio[0])
	}
	s.flush(never)
}

// feedSpan tells the segmenter of a stretch of sound in steps of an output frame.
func feedSpan(s *segmenter, t track, span Span) {
	perSample := rung.Rational{Num: 1, Den: int64(t.sampleRate)}
	step := max(1, rung.Rescale(rung.AudioFrame, perSample, t.timeBase))
	for pts := span.First; pts < span.End; pts += step {
		n := min(step, span.End-pts)
		at := pts - span.First
		s.sound(sound{pts: pts, samples: rung.Rescale(n, t.timeBase, perSample), position: at, end: at + n}, time.Time{})
	}
}
