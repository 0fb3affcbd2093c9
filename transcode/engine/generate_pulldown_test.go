// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

var film = protocol.Pattern{Width: 416, Height: 256, Frames: 48, Codec: "mpeg2video", Rate: rung.R(24000, 1001), GOP: 12, OpenGOP: true, Audio: "none"}

// Soft pulldown is every film picture once, flagged and timed as 2, 3, 2, 3 fields.
func TestGenerateSoftPulldown(t *testing.T) {
	p := film
	p.Pulldown = pulldownSoft
	ts := generated(t, p)
	d := decoded(t, ts)
	if len(d.numbers) != 48 {
		t.Fatalf("%d pictures, want 48", len(d.numbers))
	}
	for k, n := range d.numbers {
		field := []int64{0, 2, 5, 7}[k%4] + 10*int64(k/4)
		if want := defaultPatternStart + rung.Rescale(field, rung.R(1001, 60000), tsClock); n != int64(k) || d.pts[k] != want {
			t.Errorf("picture %d carries %d at %d, want it at %d", k, n, d.pts[k], want)
		}
	}
	if v := probedVideo(t, ts); !v.Pulldown || v.FrameRate != p.Rate || v.Interlaced {
		t.Errorf("probed as %+v", v)
	}
}

// Hard pulldown is five pictures of four, two of them woven of two.
func TestGenerateHardPulldown(t *testing.T) {
	for _, codec := range []string{"mpeg2video", "h264"} {
		p := film
		p.Pulldown, p.Codec = pulldownHard, codec
		ts := generated(t, p)
		pictures := 0
		eachPicture(t, ts, func(f *astiav.Frame) {
			cycle, phase := int64(pictures/5)*4, pictures%5
			top, bottom := cycle+[]int64{0, 1, 1, 2, 3}[phase], cycle+[]int64{0, 1, 2, 3, 3}[phase]
			if gotTop, gotBottom := numberInRow(f, 6), numberInRow(f, 7); gotTop != top || gotBottom != bottom {
				t.Errorf("%s: picture %d is woven of %d and %d, want %d and %d", codec, pictures, gotTop, gotBottom, top, bottom)
			}
			pictures++
		})
		if pictures != 60 {
			t.Errorf("%s: %d pictures, want 60", codec, pictures)
		}
		if v := probedVideo(t, ts); v.Pulldown || v.FrameRate != rung.R(30000, 1001) || !v.Interlaced || !v.TopFirst {
			t.Errorf("%s: probed as %+v", codec, v)
		}
	}
}

func probedVideo(t *testing.T, ts []byte) rung.VideoInfo {
	t.Helper()
	reply, err := probe(requestFor(protocol.OpProbe, "mpegts", ts))
	if err != nil || len(reply.Media.Video) != 1 {
		t.Fatalf("%+v, %v", reply, err)
	}
	return reply.Media.Video[0]
}

// eachPicture decodes a stream of video alone.
func eachPicture(t *testing.T, ts []byte, see func(*astiav.Frame)) {
	t.Helper()
	s, err := openSource(requestFor(protocol.OpProbe, "mpegts", ts))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d, err := newDecoder(s.fc.Streams()[0], s.fc.Streams()[0].CodecParameters().CodecID().Name())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	p := astiav.AllocPacket()
	defer p.Free()
	put := func(p *astiav.Packet) {
		if err := d.put(p, func(f *astiav.Frame) error { see(f); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for s.next(p) == nil {
		put(p)
		p.Unref()
	}
	put(nil)
}

// numberInRow reads the number from one row of pixels.
func numberInRow(f *astiav.Frame, row int) (n int64) {
	block, luma := numberBlock(f.Width()), planesOf(f)[0]
	for bit := range numberBits {
		n <<= 1
		if luma.row(row)[bit*block+block/2] > 125 {
			n |= 1
		}
	}
	return n
}

// What is shown half a place late goes to the later place, however its time stamp is rounded.
func TestVideoClockOfPulldown(t *testing.T) {
	rate := rung.R(30000, 1001)
	interval := rung.Grid{Rate: rate, SegmentFrames: 120}.Interval(0, 120)
	clock := newVideoClock(&rung.VideoSource{TimeBase: tsClock, WrapBits: 33, Origin: 900_000}, rate, interval)
	clock.late = rung.R(rate.Den, 4*rate.Num)
	for k, want := range []int64{0, 1, 3, 4, 5, 6, 8, 9, 10} {
		pts := 900_000 + rung.Rescale(pulldownField(int64(k)), rung.R(1001, 60000), tsClock)
		for jitter := int64(-1); jitter <= 1; jitter++ {
			if got := clock.place(2 * (pts + jitter)); got != want {
				t.Errorf("picture %d, %+d ticks: place %d, want %d", k, jitter, got, want)
			}
		}
	}
}
