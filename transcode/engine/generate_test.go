// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// decodedStream is what came out of a stream's decoders.
type decodedStream struct {
	numbers []int64 // that the pictures carry
	types   []astiav.PictureType
	flashes []bool
	pts     []int64
	left    []float64 // samples of the first channel
	right   []float64
	heard   int64 // time stamp of the first sample, 1/90000 s
}

// decoded decodes the first video and the first audio stream and reads the pictures' numbers.
func decoded(t *testing.T, ts []byte) decodedStream {
	t.Helper()
	s, err := openSource(requestFor(protocol.OpProbe, "mpegts", ts))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	decoders := map[int]*astiav.CodecContext{}
	for _, st := range s.fc.Streams() {
		codec := astiav.FindDecoder(st.CodecParameters().CodecID())
		cc := astiav.AllocCodecContext(codec)
		defer cc.Free()
		cc.SetThreadCount(1)
		if err := errors.Join(cc.FromCodecParameters(st.CodecParameters()), cc.Open(codec, nil)); err != nil {
			t.Fatal(err)
		}
		decoders[st.Index()] = cc
	}
	var d decodedStream
	f, p := astiav.AllocFrame(), astiav.AllocPacket()
	defer f.Free()
	defer p.Free()
	take := func(cc *astiav.CodecContext, p *astiav.Packet) {
		if err := cc.SendPacket(p); err != nil {
			t.Fatal(err)
		}
		for cc.ReceiveFrame(f) == nil {
			d.take(f)
			f.Unref()
		}
	}
	for s.next(p) == nil {
		take(decoders[p.StreamIndex()], p)
		p.Unref()
	}
	for _, cc := range decoders {
		take(cc, nil)
	}
	return d
}

func (d *decodedStream) take(f *astiav.Frame) {
	if f.Width() > 0 {
		d.see(f)
		return
	}
	if d.left == nil {
		d.heard = bestEffortPTS(f)
	}
	for channel, samples := range []*[]float64{&d.left, &d.right} {
		if channel >= f.ChannelLayout().Channels() {
			break
		}
		*samples = append(*samples, samplesOf(f, channel)...)
	}
}

// see reads the number and the flash from the middle of their blocks.
func (d *decodedStream) see(f *astiav.Frame) {
	block, luma := numberBlock(f.Width()), planesOf(f)[0]
	n := int64(0)
	for bit := range numberBits {
		n <<= 1
		if luma.row(block / 2)[bit*block+block/2] > 125 {
			n |= 1
		}
	}
	d.numbers = append(d.numbers, n)
	d.types = append(d.types, f.PictureType())
	d.flashes = append(d.flashes, luma.row(block + block/2)[f.Width()/2] > 125)
	d.pts = append(d.pts, bestEffortPTS(f))
}

// samplesOf are one channel's samples, scaled to 16 bits.
func samplesOf(f *astiav.Frame, channel int) []float64 {
	out := make([]float64, f.NbSamples())
	for i := range out {
		switch b := plane(f, channel, 4*len(out)); f.SampleFormat() {
		case astiav.SampleFormatFltp:
			out[i] = 32768 * float64(math.Float32frombits(uint32(b[4*i])|uint32(b[4*i+1])<<8|uint32(b[4*i+2])<<16|uint32(b[4*i+3])<<24))
		case astiav.SampleFormatS16P:
			out[i] = float64(int16(uint16(b[2*i]) | uint16(b[2*i+1])<<8))
		}
	}
	return out
}

// Every picture carries its number, at its time, and flashes on the first of each second; the beep is in step with the
// flash and the sine never breaks.
func TestGeneratePicturesAndSound(t *testing.T) {
	patterns := map[string]protocol.Pattern{
		"h264":               {Codec: "h264", Rate: rung.R(25, 1)},
		"h264 interlaced":    {Codec: "h264", Rate: rung.R(25, 1), Interlaced: "tff", Audio: "mp2"},
		"h264 intra refresh": {Codec: "h264", Rate: rung.R(30000, 1001), IntraRefresh: true, Audio: "ac3"},
		"hevc open gop":      {Codec: "hevc", Rate: rung.R(50, 1), OpenGOP: true, GOP: 25, FirstFrame: 1234},
		"mpeg2 interlaced":   {Codec: "mpeg2video", Rate: rung.R(25, 1), Interlaced: "bff", Audio: "aac", SampleRate: 44100},
		"mpeg2 late sound":   {Codec: "mpeg2video", Rate: rung.R(24000, 1001), AudioDelay: 9600, FirstFrame: 7},
	}
	for name, p := range patterns {
		t.Run(name, func(t *testing.T) {
			p.Width, p.Height, p.Frames, p.BitRate = 416, 240, 2*int64(math.Ceil(p.Rate.Float())), 2_000_000
			d := decoded(t, generated(t, p))
			checkPictures(t, d, p)
			checkSine(t, d, p)
			checkBeeps(t, d, p)
		})
	}
}

func checkPictures(t *testing.T, d decodedStream, p protocol.Pattern) {
	t.Helper()
	if int64(len(d.numbers)) != p.Frames {
		t.Fatalf("%d pictures, want %d", len(d.numbers), p.Frames)
	}
	for k, n := range d.numbers {
		want := p.FirstFrame + int64(k)
		at := defaultPatternStart + rung.Rescale(int64(k), p.Rate.Inverse(), tsClock)
		flash := patternPicture{number: want, rate: p.Rate}.flashes()
		if n != want || d.pts[k] != at || d.flashes[k] != flash {
			t.Errorf("picture %d carries %d at %d, flash %v; want %d at %d, flash %v", k, n, d.pts[k], d.flashes[k], want, at, flash)
		}
	}
}

// checkSine predicts each sample from the two before it, as an unbroken sine allows: x[n] = 2 cos(w) x[n-1] - x[n-2].
func checkSine(t *testing.T, d decodedStream, p protocol.Pattern) {
	t.Helper()
	const clean, settle = 600, 4096
	rate := float64(orDefault(p.SampleRate, rung.AudioRate))
	w := 2 * math.Cos(2*math.Pi*sineHertz/rate)
	if len(d.left) < 3*settle {
		t.Fatalf("%d samples are too few", len(d.left))
	}
	for i := settle; i < len(d.left)-settle; i++ {
		if e := math.Abs(d.left[i] - w*d.left[i-1] + d.left[i-2]); e > clean {
			t.Fatalf("the sine breaks at sample %d, by %.0f of %d", i, e, sineAmplitude)
		}
	}
}

// checkBeeps wants a beep within 5 ms of each flash that sound covers.
func checkBeeps(t *testing.T, d decodedStream, p protocol.Pattern) {
	t.Helper()
	beeps := onsets(d.right, float64(orDefault(p.SampleRate, rung.AudioRate)))
	for k, flash := range d.flashes {
		at := float64(d.pts[k] - d.heard)
		if !flash || at < 0 {
			continue
		}
		near := math.Inf(1)
		for _, b := range beeps {
			near = min(near, math.Abs(b*90000-at))
		}
		if near > 450 {
			t.Errorf("flash %d units after the sound's beginning is %.0f units from the nearest beep; beeps at %v s", int64(at), near, beeps)
		}
	}
}

// onsets gives the seconds at which beeps begin.
func onsets(samples []float64, rate float64) []float64 {
	const loud, quietFor = 3000, 2000
	var at []float64
	quiet := quietFor
	for i, v := range samples {
		if math.Abs(v) < loud {
			quiet++
			continue
		}
		if quiet >= quietFor {
			at = append(at, float64(i)/rate)
		}
		quiet = 0
	}
	return at
}

func TestGenerateIsRepeatable(t *testing.T) {
	p := protocol.Pattern{Frames: 30}
	if !bytes.Equal(generated(t, p), generated(t, p)) {
		t.Error("the same pattern gave other bytes")
	}
}

// Time stamps count on through the 33-bit wrap, modulo 2^33 in the stream.
func TestGenerateAcrossWrap(t *testing.T) {
	const start = 1<<33 - 90000
	ts := generated(t, protocol.Pattern{Start: start, Frames: 75, Audio: "none"})
	pts := presentation(packetsOf(t, "mpegts", ts), 0)
	for k := range pts {
		// libavformat counts on from below 0.
		if want := int64(k)*3600 - 90000; pts[k] != want {
			t.Fatalf("picture %d is at %d, want %d", k, pts[k], want)
		}
	}
}

func TestGenerateWithoutEnd(t *testing.T) {
	enough := errors.New("enough")
	rio := &memoryIO{full: enough, room: 200_000}
	_, err := generate(rio, protocol.Request{Op: protocol.OpGenerate, Pattern: &protocol.Pattern{Width: 320, Height: 180}})
	if !errors.Is(err, enough) {
		t.Fatalf("generation ended with %v, want the output's error", err)
	}
}

func TestGenerateRefuses(t *testing.T) {
	patterns := []protocol.Pattern{
		{Width: 100, Height: 100}, {Width: 321, Height: 180}, {Width: 1280, Height: 20},
		{Rate: rung.R(1000, 1)}, {Codec: "vp9"}, {Audio: "opus"}, {Interlaced: "yes"}, {Width: 416, Height: 234, Interlaced: "tff"}, {Codec: "hevc", Interlaced: "tff"},
		{Codec: "mpeg2video", IntraRefresh: true}, {Codec: "mpeg2video", SAR: rung.R(10, 3)}, {NoVideo: true, Audio: "none"}, {SampleRate: 96000},
		{Channels: 3}, {Audio: "mp2", Channels: 6}, {Frames: -1}, {Codec: "mpeg2video", Rate: rung.R(7, 3)},
		{Pulldown: "maybe"}, {Pulldown: "soft"}, {Codec: "mpeg2video", Width: 720, Height: 496, Pulldown: "soft"}, {Codec: "hevc", Pulldown: "hard"},
		{Width: 416, Height: 234, Pulldown: "hard"}, {Interlaced: "tff", Pulldown: "hard"},
	}
	for _, p := range patterns {
		t.Run(fmt.Sprintf("%+v", p), func(t *testing.T) {
			_, err := generate(&memoryIO{}, protocol.Request{Op: protocol.OpGenerate, Pattern: &p})
			wantCode(t, err, rung.CodeInvalid)
		})
	}
	_, err := generate(&memoryIO{}, protocol.Request{Op: protocol.OpGenerate})
	if rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("without a pattern: %v", err)
	}
}

func TestPatternClock(t *testing.T) {
	rate := rung.R(30000, 1001)
	for n, want := range map[int64]string{0: "00:00:00:00", 29: "00:00:00:29", 30: "00:00:01:00", 107892: "00:59:59:29", 107893: "01:00:00:00"} {
		if got := (patternPicture{number: n, rate: rate}).clock(); got != want {
			t.Errorf("picture %d at 29.97 is at %s, want %s", n, got, want)
		}
	}
}

// BenchmarkGenerate says how many times faster than real time a 1280x720 stream at 25 is made.
//
//	go test -run - -bench Generate ./transcode/engine
//
// Two cores of a cloud machine: 6.7 times real time.
func BenchmarkGenerate(b *testing.B) {
	const seconds = 4
	for b.Loop() {
		generated(b, protocol.Pattern{Width: 1280, Height: 720, Frames: 25 * seconds})
	}
	b.ReportMetric(seconds*float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
}
