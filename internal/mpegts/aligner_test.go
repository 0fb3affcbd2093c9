package mpegts

import (
	"bytes"
	"testing"

	"rung/internal/mpegts/mpegtest"
)

// parity makes 204-byte packets.
func parity(packets []byte) (out []byte) {
	for ; len(packets) > 0; packets = packets[PacketSize:] {
		out = append(append(out, packets[:PacketSize]...), bytes.Repeat([]byte{0x5a}, 16)...)
	}
	return out
}

func TestAligner(t *testing.T) {
	clip := mpegtest.Clip{Frames: 5, GOP: 5, FrameSize: 900}.Bytes()
	junk := bytes.Repeat([]byte{1, 2, 0x47, 3, 4, 5, 6}, 42)
	half := len(clip) / PacketSize / 2 * PacketSize
	for name, c := range map[string]struct {
		stream, want []byte
		losses       int64
	}{
		"188":           {clip, clip, 0},
		"204":           {parity(clip), clip, 0},
		"junk in front": {join(junk, clip), clip, 0},
		"junk between":  {join(clip[:half], junk, clip[half:]), clip, 1},
		"junk in 204":   {join(parity(clip[:half]), junk, parity(clip[half:])), clip, 1},
		"188 then 204":  {join(clip[:half], parity(clip[half:])), clip, 1}, // at the first parity
		// The packet whose end is missing has its sync byte and goes out with the next one's beginning.
		"cut packet":     {join(clip[:half-100], clip[half:]), join(clip[:half-100], clip[half:half+100], clip[half+PacketSize:]), 1},
		"half packet":    {clip[:half+70], clip[:half], 0},
		"nothing but it": {junk, nil, 0},
	} {
		for _, piece := range []int{1, 7, 1000, 1428, 5000, len(c.stream)} {
			var a Aligner
			var got []byte
			for rest := c.stream; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
				a.Write(rest[:min(piece, len(rest))], func(p []byte) { got = append(got, p...) })
			}
			if !bytes.Equal(got, c.want) {
				t.Errorf("%s in pieces of %d: %d bytes, want %d", name, piece, len(got), len(c.want))
			}
			if a.SyncLosses() != c.losses {
				t.Errorf("%s in pieces of %d: %d losses, want %d", name, piece, a.SyncLosses(), c.losses)
			}
		}
	}
}

// A datagram of one packet is a packet; the same bytes in the middle of a stream may be anything.
func TestAlignerTakesShortDatagrams(t *testing.T) {
	clip := mpegtest.Clip{Frames: 1, GOP: 1, FrameSize: 10}.Bytes()
	for _, d := range [][]byte{clip[:PacketSize], parity(clip[:PacketSize])} {
		var a Aligner
		n := 0
		a.Write(d, func(p []byte) { n += len(p) })
		if n != PacketSize {
			t.Errorf("a datagram of %d bytes gave %d", len(d), n)
		}
	}
}

func FuzzAligner(f *testing.F) {
	clip := mpegtest.Clip{Frames: 2, GOP: 2, FrameSize: 300}.Bytes()
	f.Add(clip, 7)
	f.Add(parity(clip), 188)
	f.Add(join([]byte("G G G"), clip[:400], []byte{1}, clip[400:]), 1316)
	f.Fuzz(func(t *testing.T, stream []byte, piece int) {
		if piece <= 0 || piece > 1<<16 {
			piece = 1316
		}
		var a Aligner
		total := 0
		for rest := stream; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			a.Write(rest[:min(piece, len(rest))], func(p []byte) {
				if len(p) == 0 || len(p)%PacketSize != 0 {
					t.Fatalf("%d bytes are no whole packets", len(p))
				}
				for i := 0; i < len(p); i += PacketSize {
					if p[i] != SyncByte {
						t.Fatalf("packet at %d has no sync byte", i)
					}
				}
				total += len(p)
			})
		}
		if total > len(stream) {
			t.Fatalf("%d bytes out of %d", total, len(stream))
		}
		if len(a.rest) > 4*parityPacketSize {
			t.Fatalf("%d bytes kept back", len(a.rest))
		}
	})
}
