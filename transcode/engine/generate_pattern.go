// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"slices"

	"rung"
	"rung/transcode/protocol"
)

const (
	// minPatternWidth leaves 8 pixels for each of the number's blocks.
	minPatternWidth = 8 * (numberBits + 2)
	maxPatternSize  = 8192
	maxPatternDrift = 5000
	// defaultPatternStart keeps decoding times and clock references, which come before the first time stamp, above 0.
	defaultPatternStart = 90000
)

// completePattern checks a pattern and fills in what it leaves out: 1280x720 at 25, H.264 with a GOP of 2 s, stereo AAC at
// 48 kHz, time stamps from 1 s.
func completePattern(p protocol.Pattern) (protocol.Pattern, error) {
	p.Width, p.Height = orDefault(p.Width, 1280), orDefault(p.Height, 720)
	p.Codec, p.Audio = orDefault(p.Codec, "h264"), orDefault(p.Audio, "aac")
	p.SampleRate, p.Channels = orDefault(p.SampleRate, rung.AudioRate), orDefault(p.Channels, 2)
	p.Rate, p.SAR = orDefault(p.Rate, rung.R(25, 1)), orDefault(p.SAR, rung.R(1, 1))
	p.Start = orDefault(p.Start, defaultPatternStart)
	if err := checkPattern(p); err != nil {
		return p, err
	}
	p.GOP = orDefault(p.GOP, max(int(math.Round(2*p.Rate.Float())), 1))
	p.BitRate = orDefault(p.BitRate, int64(float64(p.Width*p.Height)*p.Rate.Float()*0.15))
	return p, nil
}

// orDefault is v, or fallback where v is the zero value.
func orDefault[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// checkPattern says what is wrong with a pattern.
func checkPattern(p protocol.Pattern) error {
	invalid := func(format string, args ...any) error {
		return rung.Errorf(rung.CodeInvalid, "change the test pattern's settings", "test pattern: "+format, args...)
	}
	switch {
	case p.Width < minPatternWidth || p.Width > maxPatternSize || p.Width%2 != 0:
		return invalid("width %d is not an even number from %d to %d", p.Width, minPatternWidth, maxPatternSize)
	case p.Height < minPatternHeight(p.Width) || p.Height > maxPatternSize || p.Height%2 != 0:
		return invalid("height %d is not an even number from %d to %d", p.Height, minPatternHeight(p.Width), maxPatternSize)
	case p.Rate.Num <= 0 || p.Rate.Den <= 0 || p.Rate.Float() > 240 || p.Rate.Float() < 1:
		return invalid("rate %s is not from 1 to 240", p.Rate)
	case p.SAR.Num <= 0 || p.SAR.Den <= 0:
		return invalid("sample aspect ratio %s is not positive", p.SAR)
	case p.Codec == "mpeg2video" && !mpeg2Aspect(p):
		return invalid("mpeg2video has square samples or a display aspect of 4:3, 16:9 or 2.21:1, not samples of %s in %dx%d", p.SAR, p.Width, p.Height)
	case p.Frames < 0 || p.FirstFrame < 0 || p.GOP < 0 || p.BitRate < 0:
		return invalid("frames %d, first frame %d, GOP %d and bit rate %d must not be negative", p.Frames, p.FirstFrame, p.GOP, p.BitRate)
	case !slices.Contains([]string{"h264", "hevc", "mpeg2video"}, p.Codec):
		return invalid("codec %q is not h264, hevc or mpeg2video", p.Codec)
	case !slices.Contains([]string{"", "tff", "bff"}, p.Interlaced):
		return invalid("interlaced %q is not tff or bff", p.Interlaced)
	case p.Interlaced != "" && p.Height%4 != 0:
		return invalid("height %d is not a multiple of 4, as interlaced 4:2:0 video needs", p.Height)
	case p.Interlaced != "" && p.Codec == "hevc":
		return invalid("hevc has no interlaced coding here: use h264 or mpeg2video")
	case !slices.Contains([]string{"", "soft", "hard"}, p.Pulldown):
		return invalid("pulldown %q is not soft or hard", p.Pulldown)
	case p.Pulldown != "" && (p.Interlaced != "" || p.Codec == "hevc"):
		return invalid("film that is pulled down is progressive in itself, and in h264 or mpeg2video here")
	case p.Pulldown == "soft" && (p.Codec != "mpeg2video" || p.Height%32 != 0):
		return invalid("soft pulldown is flagged in mpeg2video of a height that is a multiple of 32 here")
	case p.Pulldown == "hard" && p.Height%4 != 0:
		return invalid("height %d is not a multiple of 4, as interlaced 4:2:0 video needs", p.Height)
	case p.IntraRefresh && p.Codec != "h264":
		return invalid("codec %q has no intra refresh here: use h264", p.Codec)
	case p.NoVideo && p.Audio == "none":
		return invalid("there is neither video nor audio in it")
	}
	for i, s := range p.Scenes {
		if s.Frames <= 0 || s.Motion < 0 || s.Motion > 64 || s.Noise < 0 || s.Noise > 16 {
			return invalid("scene %d: frames %d, motion %d and noise %d are not over 0, from 0 to 64 and from 0 to 16", i, s.Frames, s.Motion, s.Noise)
		}
	}
	return checkPatternAudio(p, invalid)
}

func checkPatternAudio(p protocol.Pattern, invalid func(string, ...any) error) error {
	switch {
	case p.Audio == "none":
		return nil
	case !slices.Contains([]string{"aac", "mp2", "ac3"}, p.Audio):
		return invalid("audio %q is not aac, mp2, ac3 or none", p.Audio)
	case !slices.Contains([]int{32000, 44100, 48000}, p.SampleRate):
		return invalid("sample rate %d is not 32000, 44100 or 48000", p.SampleRate)
	case !slices.Contains([]int{1, 2, 6}, p.Channels):
		return invalid("%d channels are not 1, 2 or 6", p.Channels)
	case p.AudioDrift < -maxPatternDrift || p.AudioDrift > maxPatternDrift:
		return invalid("audio drift %d is not from -%d to %d millionths", p.AudioDrift, maxPatternDrift, maxPatternDrift)
	case p.Audio == "mp2" && p.Channels > 2:
		return invalid("mp2 has at most 2 channels, not %d", p.Channels)
	}
	return nil
}

// mpeg2Aspect reports whether MPEG-2 video can signal the pattern's sample aspect ratio (ISO/IEC 13818-2, table 6-3).
func mpeg2Aspect(p protocol.Pattern) bool {
	display := rung.R(p.SAR.Num*int64(p.Width), p.SAR.Den*int64(p.Height))
	return p.SAR.Num == p.SAR.Den || slices.Contains([]rung.Rational{rung.R(4, 3), rung.R(16, 9), rung.R(221, 100)}, display)
}
