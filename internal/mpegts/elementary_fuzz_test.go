package mpegts

import (
	"testing"

	"rung/internal/mpegts/mpegtest"
)

// elementaryCodecs are those whose streams are looked into.
var elementaryCodecs = []string{"h264", "hevc", "mpeg2video", "aac", "aac_latm", "mp2", "ac3", "eac3"}

// FuzzElementary gives any bytes as the payload of two PES packets of each codec. A parser sees the stream in the pieces
// that packets make of it: how they are cut must not matter.
func FuzzElementary(f *testing.F) {
	for kind, payload := range [][]byte{
		join(mpegtest.H264SPS(640, 352, 25, true), mpegtest.H264PPS(), mpegtest.H264Recovery(3), mpegtest.H264Slice{Type: mpegtest.SliceI, IDR: true, Size: 40}.NAL()),
		join(mpegtest.HEVCSlice(21, true, 30), mpegtest.HEVCSlice(1, false, 9)),
		join(mpegtest.MPEG2Sequence(720, 576), mpegtest.MPEG2Picture(mpegtest.MPEG2I, mpegtest.MPEG2Top, 30), mpegtest.MPEG2Picture(mpegtest.MPEG2P, mpegtest.MPEG2Bot, 9)),
		{0xff, 0xf1, 0x4c, 0x80, 0x01, 0x7f, 0xfc, 1, 2, 3, 4, 0xff, 0xf1, 0x4c, 0x80, 0x01, 0x7f, 0xfc},
		{0x56, 0xe0, 0x10, 0x20, 0x00, 0x11, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x56, 0xe0, 0x10},
		mpegtest.MP2Frame(),
		{0x0b, 0x77, 0, 0, 0x1e, 0x40, 0x43, 0xe1, 0x0b, 0x77, 0, 0, 0x5e, 0x40},
		{0x0b, 0x77, 0x05, 0xff, 0x34, 0x86, 0, 0, 0x0b, 0x77, 0x45, 0xff, 0x34, 0x86},
	} {
		f.Add(payload, uint8(kind), uint8(7))
	}
	// A start code right behind another made an empty unit of the first, which the MPEG-2 parser read a byte of.
	f.Add([]byte{0, 0, 1, 0, 0, 1}, uint8(2), uint8(1))
	f.Fuzz(func(t *testing.T, payload []byte, kind, piece uint8) {
		codec := elementaryCodecs[int(kind)%len(elementaryCodecs)]
		whole, cut := newElementary(Stream{Codec: codec}, int(kind)%len(elementaryCodecs)-3), newElementary(Stream{Codec: codec}, int(kind)%len(elementaryCodecs)-3)
		for range 2 {
			a, b := parsePayload(whole, payload, len(payload)), parsePayload(cut, payload, max(1, int(piece)))
			if a != b {
				t.Fatalf("%s: %+v at once, %+v in pieces of %d", codec, a, b, piece)
			}
			if a.frames < 0 || a.frames > len(payload)+1 || a.recovery < 0 || a.recovery > 1<<16 {
				t.Fatalf("%s: %+v of %d bytes", codec, a, len(payload))
			}
		}
		checkFormat(t, whole, cut)
	})
}

// parsePayload gives a parser one PES packet's payload in pieces.
func parsePayload(e *elementary, payload []byte, piece int) content {
	e.parser.begin(false)
	for rest := payload; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
		e.parser.write(rest[:min(piece, len(rest))])
	}
	return e.parser.end()
}

// checkFormat compares what two parsers of the same stream say of its format, and holds it to what is believed at all.
func checkFormat(t *testing.T, a, b *elementary) {
	t.Helper()
	if a.video != nil {
		va, ok := a.video.video()
		if vb, okb := b.video.video(); va != vb || ok != okb {
			t.Fatalf("%+v at once, %+v in pieces", va, vb)
		}
		if ok && (va.Width <= 0 || va.Height <= 0 || va.Width > maxDimension || va.Height > maxDimension || va.FrameRate.Num < 0 || va.FrameRate.Den < 0) {
			t.Fatalf("format %+v", va)
		}
		a.frameRate(va.FrameRate)
		a.rate.frame(va.FrameRate)
		return
	}
	sa, ok := a.audio.audio()
	if sb, okb := b.audio.audio(); sa != sb || ok != okb {
		t.Fatalf("%+v at once, %+v in pieces", sa, sb)
	}
	if ok && (sa.SampleRate <= 0 || sa.FrameSize <= 0 || sa.Channels < 0 || sa.Channels > 64) {
		t.Fatalf("format %+v", sa)
	}
}
