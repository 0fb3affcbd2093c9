// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"slices"
	"testing"

	"rung"
	"rung/transcode/protocol"
)

func TestRemux(t *testing.T) {
	ts := generated(t, protocol.Pattern{Rate: rung.R(30000, 1001), Frames: 90})
	rio, req := requestFor(protocol.OpRemux, "mov", muxed(t, "mp4", nil, ts))
	reply, err := remux(rio, req)
	if err != nil {
		t.Fatal(err)
	}
	out := rio.outputs["ts"]
	if reply.Bytes != int64(len(out)) || len(out)%tsPacket != 0 {
		t.Fatalf("reply says %d bytes, output has %d", reply.Bytes, len(out))
	}
	m := probed(t, "mpegts", out)
	if len(m.Video) != 1 || m.Video[0].Codec != "h264" || m.Video[0].FrameRate != rung.R(30000, 1001) || m.Audio[0].Codec != "aac" {
		t.Fatalf("probe of the result: %+v", m)
	}
	if got := len(presentation(packetsOf(t, "mpegts", out), 0)); got != 90 {
		t.Errorf("%d pictures, want 90", got)
	}
}

// presentation gives one stream's presentation times in order.
func presentation(packets []testPacket, stream int) []int64 {
	var pts []int64
	for _, p := range packets {
		if p.stream == stream {
			pts = append(pts, p.pts)
		}
	}
	slices.Sort(pts)
	return pts
}

// A looped file goes on without a break: its pictures stay evenly spaced, to the time stamps' rounding, over the loops.
func TestRemuxLoop(t *testing.T) {
	for _, rate := range []rung.Rational{rung.R(25, 1), rung.R(24000, 1001), rung.R(60000, 1001)} {
		const frames = 50
		file := muxed(t, "mp4", nil, generated(t, protocol.Pattern{Rate: rate, Frames: frames, Audio: "aac"}))
		enough := errors.New("enough")
		rio, req := requestFor(protocol.OpRemux, "mov", file)
		rio.full, rio.room = enough, 6*len(file)
		req.Loop = true
		if _, err := remux(rio, req); !errors.Is(err, enough) {
			t.Fatalf("%s: a looped remux ended with %v", rate, err)
		}
		packets := packetsOf(t, "mpegts", rio.outputs["ts"])
		pts := presentation(packets, 0)
		pts = pts[:len(pts)-8] // the cut leaves holes in the last pictures' order
		if len(pts) < 3*frames {
			t.Fatalf("%s: %d pictures are no three loops of %d", rate, len(pts), frames)
		}
		for k, got := range pts {
			want := pts[0] + rung.Rescale(int64(k), rate.Inverse(), tsClock)
			if d := got - want; d < -1 || d > 1 {
				t.Fatalf("%s: picture %d is at %d, want %d", rate, k, got, want)
			}
		}
		checkLoopedSound(t, rate, presentation(packets, 1))
	}
}

// checkLoopedSound wants no overlap and no hole of more than a frame.
func checkLoopedSound(t *testing.T, rate rung.Rational, pts []int64) {
	t.Helper()
	const frame = 1024 * 90000 / 48000
	for i := 1; i < len(pts); i++ {
		if step := pts[i] - pts[i-1]; step < frame/2 || step > 2*frame {
			t.Errorf("%s: sound at %d follows sound at %d: a step of %d, want about %d", rate, pts[i], pts[i-1], step, frame)
		}
	}
}

func TestRemuxUnsupported(t *testing.T) {
	ts := generated(t, protocol.Pattern{})
	for name, data := range map[string][]byte{
		"video": ffv1(t),
		"audio": pcm(t),
	} {
		_, err := remux(requestFor(protocol.OpRemux, "", data))
		if rung.CodeOf(err) != rung.CodeUnsupported {
			t.Errorf("%s: %v, want unsupported", name, err)
		} else {
			wantCode(t, err, rung.CodeUnsupported)
		}
	}
	_, err := remux(requestFor(protocol.OpRemux, "", elementary(t)))
	wantCode(t, err, rung.CodeBadInput)
	_, err = remux(requestFor(protocol.OpRemux, "", commonEncryption(t)))
	wantCode(t, err, rung.CodeEncrypted)
	if _, err := remux(requestFor(protocol.OpRemux, "", ts)); err != nil {
		t.Errorf("a transport stream: %v", err)
	}
}

// ffv1 is a Matroska file with video that a transport stream cannot carry.
func ffv1(t *testing.T) []byte {
	return encodedFile(t, "matroska", "ffv1")
}

// pcm is a WAV file.
func pcm(t *testing.T) []byte {
	t.Helper()
	const samples = 48000
	file := []byte("RIFF\x24\x77\x01\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00data\x00\x77\x01\x00")
	return append(file, make([]byte, 2*samples)...)
}
