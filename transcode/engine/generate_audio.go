// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// The pattern's sound.
const (
	sineHertz      = 997
	sineAmplitude  = 8000 // of 32767
	burstHertz     = 2000
	burstAmplitude = 16000
	burstsPerSec   = 50 // a burst lasts a second / 50
)

// patternAudio plays and encodes a pattern's sound.
type patternAudio struct {
	track   *patternTrack
	pattern protocol.Pattern

	// sine and burst are one second of each: both frequencies are whole numbers, so every second is the same.
	sine, burst []int16
	first       int64 // the media sample (from picture number 0) that the track begins with
	played      int64 // samples so far
}

// newPatternAudio opens the encoder.
func newPatternAudio(p protocol.Pattern, out *tsMuxer) (*patternAudio, error) {
	a := &patternAudio{pattern: p}
	a.sine, a.burst = patternSecond(p.SampleRate)
	// Picture FirstFrame is at time Start; sound is placed by its media time, exactly, whatever sample it begins with.
	rate := int64(p.SampleRate)
	a.first = rung.Rescale(p.FirstFrame, p.Rate.Inverse(), rung.Rational{Num: 1, Den: rate}) + p.AudioDelay
	origin := rung.R(p.Start*p.Rate.Num-p.FirstFrame*p.Rate.Den*tsClock.Den, tsClock.Den*p.Rate.Num)
	start := addRatio(origin, rung.R(a.first, rate))
	var err error
	a.track, err = openPatternTrack(p.Audio, out, start, nil, func(cc *astiav.CodecContext) {
		cc.SetSampleRate(p.SampleRate)
		cc.SetTimeBase(astiav.NewRational(1, p.SampleRate))
		cc.SetChannelLayout(patternLayout(p.Channels))
		cc.SetSampleFormat(patternSampleFormat(p.Audio))
		cc.SetBitRate(int64(96000 * max(p.Channels, 1)))
	})
	return a, err
}

func patternLayout(channels int) astiav.ChannelLayout {
	switch channels {
	case 1:
		return astiav.ChannelLayoutMono
	case 6:
		return astiav.ChannelLayout5Point1
	default:
		return astiav.ChannelLayoutStereo
	}
}

// patternSampleFormat is what each encoder takes.
func patternSampleFormat(codec string) astiav.SampleFormat {
	if codec == "mp2" {
		return astiav.SampleFormatS16
	}
	return astiav.SampleFormatFltp
}

// patternSecond computes a second of each sound.
func patternSecond(rate int) (sine, burst []int16) {
	sine, burst = make([]int16, rate), make([]int16, rate)
	for i := range sine {
		t := float64(i) / float64(rate)
		sine[i] = int16(sineAmplitude * math.Sin(2*math.Pi*sineHertz*t))
		if i*burstsPerSec < rate {
			burst[i] = int16(burstAmplitude * math.Sin(2*math.Pi*burstHertz*t))
		}
	}
	return sine, burst
}

// before reports whether the sound played so far ends before picture k (from the first) begins.
func (a *patternAudio) before(k int64) bool {
	end := rung.Rescale(k+a.pattern.FirstFrame, a.pattern.Rate.Inverse(), rung.Rational{Num: 1, Den: int64(a.pattern.SampleRate)})
	return a.first+a.played < end
}

// play encodes the next frame.
func (a *patternAudio) play() error {
	f, n := a.track.frame, a.track.encoder.FrameSize()
	f.Unref()
	f.SetNbSamples(n)
	f.SetSampleRate(a.pattern.SampleRate)
	f.SetChannelLayout(a.track.encoder.ChannelLayout())
	f.SetSampleFormat(a.track.encoder.SampleFormat())
	if err := f.AllocBuffer(0); err != nil {
		return fmt.Errorf("engine: a frame of %d samples: %w", n, err)
	}
	f.SetPts(a.played)
	a.fill(f, n)
	a.played += int64(n)
	return a.track.encode(f)
}

// fill writes the frame's samples in the encoder's format.
func (a *patternAudio) fill(f *astiav.Frame, n int) {
	channels := a.pattern.Channels
	for c := range channels {
		if f.SampleFormat() == astiav.SampleFormatS16 {
			b := plane(f, 0, 2*n*channels)
			for i := range n {
				binary.NativeEndian.PutUint16(b[2*(i*channels+c):], uint16(a.sample(c, a.played+int64(i))))
			}
			continue
		}
		b := plane(f, c, 4*n)
		for i := range n {
			v := float32(a.sample(c, a.played+int64(i))) / 32768
			binary.NativeEndian.PutUint32(b[4*i:], math.Float32bits(v))
		}
	}
}

// sample is one channel's sample, counted from the track's first: the sine on the left, the bursts on the right, both in
// mono, silence in the other channels of 5.1.
func (a *patternAudio) sample(channel int, i int64) int16 {
	at := (a.first + i) % int64(len(a.sine))
	if at < 0 {
		at += int64(len(a.sine))
	}
	switch {
	case a.pattern.Channels == 1:
		return a.sine[at] + a.burst[at]
	case channel == 0:
		return a.sine[at]
	case channel == 1:
		return a.burst[at]
	default:
		return 0
	}
}

// Close releases the encoder.
func (a *patternAudio) Close() {
	if a.track != nil {
		a.track.Close()
	}
}
