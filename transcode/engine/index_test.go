// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"slices"
	"testing"

	"rung"
	"rung/transcode/protocol"
)

func TestIndex(t *testing.T) {
	const frames = 60
	ts := generated(t, protocol.Pattern{Frames: frames, GOP: 12})
	for muxer, format := range map[string]string{"mp4": "mov", "matroska": "matroska"} {
		rio, req := requestFor(protocol.OpIndex, format, muxed(t, muxer, nil, ts))
		req.AudioIndexes = []int{1}
		reply, err := index(rio, req)
		if err != nil {
			t.Fatalf("%s: %v", muxer, err)
		}
		checkIndex(t, muxer, reply, frames, 12)
	}
}

// checkIndex holds a reply against what was generated: a key picture at each GOP, every picture once, evenly spaced, decoding
// times in order and before presentation, sound from about the first picture to about the last.
func checkIndex(t *testing.T, name string, reply protocol.IndexReply, frames, gop int) {
	t.Helper()
	if len(reply.Video) != frames || len(reply.Audio) != 1 {
		t.Fatalf("%s: %d pictures and %d spans, want %d and 1", name, len(reply.Video), len(reply.Audio), frames)
	}
	pts := make([]int64, frames)
	keys := 0
	for i, v := range reply.Video {
		pts[i] = v.PTS
		if v.Key {
			keys++
		}
		if v.DTS > v.PTS || i > 0 && v.DTS <= reply.Video[i-1].DTS {
			t.Errorf("%s: picture %d is decoded at %d, shown at %d, after %+v", name, i, v.DTS, v.PTS, reply.Video[max(i-1, 0)])
		}
	}
	if keys != frames/gop {
		t.Errorf("%s: %d key pictures, want %d", name, keys, frames/gop)
	}
	slices.Sort(pts)
	step := pts[1] - pts[0]
	for i := 1; i < frames; i++ {
		if d := pts[i] - pts[i-1] - step; d < -1 || d > 1 {
			t.Errorf("%s: pictures at %d and %d, want steps of %d", name, pts[i-1], pts[i], step)
		}
	}
	if a := reply.Audio[0]; a.End <= a.First {
		t.Errorf("%s: sound from %d to %d", name, a.First, a.End)
	}
}

func TestIndexBadRequests(t *testing.T) {
	mp4 := muxed(t, "mp4", nil, generated(t, protocol.Pattern{}))
	tests := []struct {
		name  string
		video int
		audio []int
		data  []byte
		code  rung.Code
	}{
		{"no such stream", 7, nil, mp4, rung.CodeInvalid},
		{"video asked for where sound is", 1, nil, mp4, rung.CodeInvalid},
		{"sound asked for where video is", -1, []int{0}, mp4, rung.CodeInvalid},
		{"no time stamps", 0, nil, elementary(t), rung.CodeBadInput},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rio, req := requestFor(protocol.OpIndex, "", tt.data)
			req.VideoIndex, req.AudioIndexes = tt.video, tt.audio
			_, err := index(rio, req)
			wantCode(t, err, tt.code)
		})
	}
}

// elementary is an H.264 byte stream without a container.
func elementary(t *testing.T) []byte {
	return muxed(t, "h264", nil, generated(t, protocol.Pattern{Audio: "none"}))
}

func TestIndexWithoutVideo(t *testing.T) {
	rio, req := requestFor(protocol.OpIndex, "mov", muxed(t, "mp4", nil, generated(t, protocol.Pattern{})))
	req.VideoIndex, req.AudioIndexes = -1, []int{1}
	reply, err := index(rio, req)
	if err != nil || len(reply.Video) != 0 || reply.Audio[0].End-reply.Audio[0].First < 3*47000 {
		t.Fatalf("index gave %+v, %v; want 3 s of sound alone", reply, err)
	}
}

func TestFillDecodingTimes(t *testing.T) {
	const none = -1 << 63
	video := []protocol.VideoPacket{{PTS: 0, DTS: none}, {PTS: 4, DTS: none}, {PTS: 2, DTS: 1}}
	fillDecodingTimes(video)
	if video[0].DTS != -1 || video[1].DTS != 0 || video[2].DTS != 1 {
		t.Errorf("decoding times %+v, want -1, 0, 1", video)
	}
}
