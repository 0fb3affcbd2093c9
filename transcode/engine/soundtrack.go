// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
)

const (
	// audioLead and audioFollow are how many coded frames the encoder is fed before and behind those that are kept, so
	// that a segment's sound is what one continuous encode would give: with 4 or more frames before, no join can be told.
	audioLead   = 8
	audioFollow = 2
)

// span is a stretch of samples, [from, to).
type span struct{ from, to int64 }

// soundtrack is the sound of one audio rendition over one interval, on the timeline: the samples that the encoder is fed,
// with silence where no source has any.
type soundtrack struct {
	rendition rung.AudioRendition
	layout    astiav.ChannelLayout
	interval  rung.Interval
	begin0    int64 // the first sample that the encoder is fed; negative at the beginning of a session
	end       int64 // the sample after the last
	mixer     *mixer
	mixedDown bool // channels have been added up
	source    *rung.AudioSource
	runs      []*soundRun
}

// newSoundtrack makes an empty one.
func newSoundtrack(r rung.AudioRendition, interval rung.Interval) (*soundtrack, error) {
	layout, err := layoutOf(r.Channels)
	if err != nil {
		return nil, err
	}
	return &soundtrack{
		rendition: r,
		layout:    layout,
		interval:  interval,
		begin0:    (interval.AudioFirst - audioLead) * rung.AudioFrame,
		end:       (interval.AudioEnd() + audioFollow) * rung.AudioFrame,
		mixer:     &mixer{layout: layout},
	}, nil
}

// layoutOf is the speaker layout of an AAC rendition with that many channels (ISO/IEC 14496-3, channelConfiguration).
func layoutOf(channels int) (astiav.ChannelLayout, error) {
	switch channels {
	case 1:
		return astiav.ChannelLayoutMono, nil
	case 2:
		return astiav.ChannelLayoutStereo, nil
	case 6:
		return astiav.ChannelLayout5Point1Back, nil
	default:
		return astiav.ChannelLayout{}, rung.Errorf(rung.CodeUnsupported, "choose 1, 2 or 6 channels", "audio of %d channels is not supported", channels)
	}
}

// Close releases the mixer.
func (s *soundtrack) Close() { s.mixer.Close() }

// begin says that the frames that follow are of another part.
func (s *soundtrack) begin(source *rung.AudioSource) {
	s.source = source
}

// add places a decoded frame whose first sample is at, counted at the frame's own rate.
func (s *soundtrack) add(f *astiav.Frame, at int64) error {
	run := s.run(f.SampleRate())
	n := int64(f.NbSamples())
	if at >= run.end() || at+n <= run.first {
		return nil
	}
	mixed, err := s.mixer.mix(f)
	if err != nil {
		return err
	}
	s.mixedDown = s.mixedDown || f.ChannelLayout().Channels() > run.channels
	for c := range run.channels {
		run.place(c, at, floats(mixed, c, int(n)))
	}
	run.cover(span{max(at, run.first), min(at+n, run.end())})
	return nil
}

// run is the current part's run of samples at a rate.
func (s *soundtrack) run(rate int) *soundRun {
	if k := len(s.runs) - 1; k >= 0 && s.runs[k].source == s.source && s.runs[k].rate == rate {
		return s.runs[k]
	}
	r := newSoundRun(s.source, s.bounds(), rate, s.rendition.Channels, span{s.begin0, s.end})
	s.runs = append(s.runs, r)
	return r
}

// bounds are the output samples that the current part may fill. Where they are the interval's own they do not bound what
// the encoder is fed around it, which is never heard.
func (s *soundtrack) bounds() span {
	b := span{s.source.From, s.source.To}
	if b.from <= s.interval.AudioFirst*rung.AudioFrame {
		b.from = s.begin0
	}
	if b.to >= s.interval.AudioEnd()*rung.AudioFrame {
		b.to = s.end
	}
	return b
}

// samples are those that the encoder is fed, by channel, and how many of the interval's have no source.
func (s *soundtrack) samples() (planes [][]float32, silence int64, err error) {
	planes = make([][]float32, s.rendition.Channels)
	for c := range planes {
		planes[c] = make([]float32, s.end-s.begin0)
	}
	heard := make([]bool, s.end-s.begin0)
	for _, r := range s.runs {
		if err := r.render(s.layout, s.begin0, planes, heard); err != nil {
			return nil, 0, err
		}
	}
	if s.mixedDown {
		limit(planes)
	}
	first := s.interval.AudioFirst*rung.AudioFrame - s.begin0
	for _, h := range heard[first : first+s.interval.AudioFrames*rung.AudioFrame] {
		if !h {
			silence++
		}
	}
	return planes, silence, nil
}
