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

	surroundAmplitude = 4000
)

// surroundHertz are the tones of 5.1's other channels, by channel.
var surroundHertz = map[int]float64{2: 1499, 3: 61, 4: 2503, 5: 3001}

// patternAudio plays and encodes a pattern's sound.
type patternAudio struct {
	track   *patternTrack
	pattern protocol.Pattern

	// seconds has one second of each channel: all frequencies are whole numbers, so every second is the same.
	seconds [][]int16
	first   int64 // the media sample (from picture number 0) that the track begins with
	played  int64 // samples so far
}

// newPatternAudio opens the encoder.
func newPatternAudio(p protocol.Pattern, out *tsMuxer) (*patternAudio, error) {
	a := &patternAudio{pattern: p}
	a.seconds = patternSecond(p.SampleRate, p.Channels)
	// Picture FirstFrame is at time Start; sound is placed by its media time, exactly, whatever sample it begins with.
	rate := int64(p.SampleRate)
	a.first = rung.Rescale(p.FirstFrame, p.Rate.Inverse(), rung.Rational{Num: 1, Den: rate}) + p.AudioDelay
	origin := rung.R(p.Start*p.Rate.Num-p.FirstFrame*p.Rate.Den*tsClock.Den, tsClock.Den*p.Rate.Num)
	start := addRatio(origin, rung.R(a.first, rate))
	var err error
	a.track, err = openPatternTrack(p.Audio, out, start, nil, func(cc *astiav.CodecContext) {
		cc.SetSampleRate(p.SampleRate)
		cc.SetTimeBase(astiav.NewRational(1, p.SampleRate))
		cc.SetChannelLayout(patternLayout(p))
		cc.SetSampleFormat(patternSampleFormat(p.Audio))
		cc.SetBitRate(int64(96000 * max(p.Channels, 1)))
	})
	if err != nil {
		return nil, err
	}
	a.track.timeBase = rung.R(million+p.AudioDrift, million*rate)
	return a, nil
}

// patternLayout is the layout of the pattern's channels. AAC has a channel configuration for 5.1 with its surround behind
// (ISO/IEC 14496-3, table 1.19); beside, a decoder would have to see the stream's very first frame, which describes it.
func patternLayout(p protocol.Pattern) astiav.ChannelLayout {
	switch {
	case p.Channels == 1:
		return astiav.ChannelLayoutMono
	case p.Channels == 6 && p.Audio == "aac":
		return astiav.ChannelLayout5Point1Back
	case p.Channels == 6:
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

// patternSecond computes a second of each channel: the sine on the left, the bursts on the right, both in mono, a tone of
// its own in each further one of 5.1.
func patternSecond(rate, channels int) [][]int16 {
	sine := patternTone(rate, sineHertz, sineAmplitude)
	burst := patternTone(rate, burstHertz, burstAmplitude)
	clear(burst[(rate+burstsPerSec-1)/burstsPerSec:])
	if channels == 1 {
		for i := range sine {
			sine[i] += burst[i]
		}
		return [][]int16{sine}
	}
	seconds := [][]int16{sine, burst}
	for c := len(seconds); c < channels; c++ {
		seconds = append(seconds, patternTone(rate, surroundHertz[c], surroundAmplitude))
	}
	return seconds
}

func patternTone(rate int, hertz, amplitude float64) []int16 {
	tone := make([]int16, rate)
	for i := range tone {
		tone[i] = int16(amplitude * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return tone
}

// before reports whether the sound played so far ends before picture k (from the first) begins.
func (a *patternAudio) before(k int64) bool {
	end := rung.Rescale(k+a.pattern.FirstFrame, a.pattern.Rate.Inverse(), rung.Rational{Num: 1, Den: int64(a.pattern.SampleRate)})
	return a.first+a.played+a.played*a.pattern.AudioDrift/million < end
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

// sample is one channel's sample, counted from the track's first.
func (a *patternAudio) sample(channel int, i int64) int16 {
	if a.pattern.AudioDrift != 0 {
		return a.driftingSample(channel, i)
	}
	at := (a.first + i) % int64(a.pattern.SampleRate)
	if at < 0 {
		at += int64(a.pattern.SampleRate)
	}
	return a.seconds[channel][at]
}

// Close releases the encoder.
func (a *patternAudio) Close() {
	if a.track != nil {
		a.track.Close()
	}
}
