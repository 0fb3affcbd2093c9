// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// patternVideo draws and encodes a pattern's pictures.
type patternVideo struct {
	track   *patternTrack
	pattern protocol.Pattern
	canvas  *canvas
	before  [3]picturePlane // the picture before, where film is woven
}

// newPatternVideo opens the encoder.
func newPatternVideo(p protocol.Pattern, out *tsMuxer) (*patternVideo, error) {
	coded := p.Rate
	if p.Pulldown == pulldownHard {
		p.Interlaced, coded = "tff", displayRate(p.Rate)
	}
	name, options := patternEncoder(p)
	track, err := openPatternTrack(name, out, rung.R(p.Start, tsClock.Den), options, func(cc *astiav.CodecContext) {
		cc.SetWidth(p.Width)
		cc.SetHeight(p.Height)
		cc.SetPixelFormat(astiav.PixelFormatYuv420P)
		cc.SetTimeBase(avRatio(coded.Inverse()))
		cc.SetFramerate(avRatio(coded))
		cc.SetSampleAspectRatio(avRatio(p.SAR))
		cc.SetBitRate(p.BitRate)
		cc.SetGopSize(p.GOP)
		cc.SetThreadCount(1)
		cc.SetColorRange(astiav.ColorRangeMpeg)
		cc.SetColorPrimaries(astiav.ColorPrimariesBt709)
		cc.SetColorTransferCharacteristic(astiav.ColorTransferCharacteristicBt709)
		cc.SetColorSpace(astiav.ColorSpaceBt709)
	})
	if err != nil {
		return nil, err
	}
	v := &patternVideo{track: track, pattern: p, canvas: newCanvas(p.Width, p.Height)}
	v.canvas.scenes = newScenes(p.Scenes)
	track.pulldown = p.Pulldown == pulldownSoft
	return v, nil
}

// patternEncoder is the encoder for the pattern's codec and its options. Fast ones: the pattern is simple, and a demo
// has better use for the processor.
func patternEncoder(p protocol.Pattern) (name string, options map[string]string) {
	options = map[string]string{}
	switch p.Codec {
	case "hevc":
		options["preset"] = "ultrafast"
		options["x265-params"] = gopParams(p) + ":bframes=3:pools=2:frame-threads=1:log-level=error"
		return "libx265", options
	case "mpeg2video":
		options["bf"] = "2"
		options["sc_threshold"] = "1000000000"
		options["flags"] = mpeg2Flags(p)
		options["maxrate"] = strconv.FormatInt(p.BitRate*3/2, 10)
		options["bufsize"] = strconv.FormatInt(p.BitRate, 10)
		return "mpeg2video", options
	default:
		options["preset"] = "ultrafast"
		options["x264-params"] = gopParams(p) + x264Params(p)
		return "libx264", options
	}
}

// gopParams are the names that x264 and x265 share.
func gopParams(p protocol.Pattern) string {
	open := 0
	if p.OpenGOP {
		open = 1
	}
	return fmt.Sprintf("keyint=%d:min-keyint=%d:scenecut=0:open-gop=%d", p.GOP, p.GOP, open)
}

func x264Params(p protocol.Pattern) string {
	var b strings.Builder
	if p.IntraRefresh {
		b.WriteString(":intra-refresh=1:bframes=0")
	} else {
		b.WriteString(":bframes=2:b-pyramid=0")
	}
	if p.Interlaced != "" {
		b.WriteString(":" + p.Interlaced + "=1")
	}
	return b.String()
}

// mpeg2Flags closes GOPs and codes fields as the pattern says.
func mpeg2Flags(p protocol.Pattern) string {
	flags := ""
	if !p.OpenGOP {
		flags += "+cgop"
	}
	if p.Interlaced != "" {
		flags += "+ilme+ildct"
	}
	if flags == "" {
		return "0"
	}
	return flags
}

// draw encodes the picture k places after the first, or the pictures that are woven of it and the one before.
func (v *patternVideo) draw(k int64) error {
	if err := v.blank(); err != nil {
		return err
	}
	f := v.track.frame
	v.canvas.paint(planesOf(f), patternPicture{number: v.pattern.FirstFrame + k, rate: v.pattern.Rate})
	if v.pattern.Pulldown == pulldownHard {
		return v.weave(k)
	}
	f.SetPts(k)
	return v.track.encode(f)
}

// blank makes the track's frame an empty picture.
func (v *patternVideo) blank() error {
	f := v.track.frame
	f.Unref()
	f.SetWidth(v.pattern.Width)
	f.SetHeight(v.pattern.Height)
	f.SetPixelFormat(astiav.PixelFormatYuv420P)
	f.SetColorRange(astiav.ColorRangeMpeg)
	f.SetSampleAspectRatio(avRatio(v.pattern.SAR))
	if err := f.AllocBuffer(0); err != nil {
		return fmt.Errorf("engine: a picture of %dx%d: %w", v.pattern.Width, v.pattern.Height, err)
	}
	setScan(f, scan{interlaced: v.pattern.Interlaced != "", topFirst: v.pattern.Interlaced == "tff"})
	return nil
}

// planesOf gives a 4:2:0 frame's planes, in place.
func planesOf(f *astiav.Frame) [3]picturePlane {
	strides := f.Linesize()
	var planes [3]picturePlane
	for i := range planes {
		height := f.Height()
		if i > 0 {
			height /= 2
		}
		planes[i] = picturePlane{stride: strides[i], pixels: plane(f, i, strides[i]*height)}
	}
	return planes
}

// Close releases the encoder.
func (v *patternVideo) Close() { v.track.Close() }
