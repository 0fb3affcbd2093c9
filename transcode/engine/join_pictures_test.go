// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"math"
	"os"
	"testing"

	"rung"
	"rung/transcode/protocol"
)

// What pictures encoded in segments may lose against one continuous encode with the same key pictures and CRF.
const (
	joinMeanDB = 0.1  // PSNR and XPSNR of all pictures
	joinSize   = 0.02 // of the coded size
	joinEdgeDB = 0.6  // PSNR of the first, or the last, joinEdge pictures of each segment, on average
	joinEdge   = 5
)

// Segments that are encoded apart are as good as one continuous encode, at their edges too, and as small. RUNG_JOIN_FILE
// names a film or transport stream to measure instead of the synthetic scenes, with the sizes and settings of hd5's first,
// third and fourth rendition, of which the third looks ahead for all; docs/joins.md has such figures.
func TestJoinedPictures(t *testing.T) {
	s, frames := joinSource(t)
	segments, size := s.measured(t, frames)
	length := s.ladder.Grid.SegmentFrames
	s.ladder.Grid.SegmentFrames = frames
	continuous, continuousSize := s.measured(t, frames)
	for _, r := range s.ladder.Video {
		a, b := segments[r.ID], continuous[r.ID]
		if int64(len(a)) != frames || len(a) != len(b) {
			t.Fatalf("%s: %d pictures in segments, %d in one, of %d", r.ID, len(a), len(b), frames)
		}
		qa, qb := protocol.SumUp(a), protocol.SumUp(b)
		psnr, xpsnr := qa.PSNR.All-qb.PSNR.All, qa.XPSNR.All-qb.XPSNR.All
		grown := float64(size[r.ID])/float64(continuousSize[r.ID]) - 1
		first, last := edgeLoss(a, b, length, 0), edgeLoss(a, b, length, length-joinEdge)
		t.Logf("%s: PSNR %+.3f dB, XPSNR %+.3f dB, size %+.2f%%, first %d pictures %+.3f dB, last %d %+.3f dB (%d segments; continuous %.2f dB, %d bytes)",
			r.ID, psnr, xpsnr, 100*grown, joinEdge, first, joinEdge, last, frames/length, qb.PSNR.All, continuousSize[r.ID])
		if psnr < -joinMeanDB || xpsnr < -joinMeanDB || grown > joinSize || first < -joinEdgeDB || last < -joinEdgeDB {
			t.Errorf("%s: segments are worse than one encode by more than %.1f dB, %.0f%% or %.1f dB at their edges", r.ID, joinMeanDB, 100*joinSize, joinEdgeDB)
		}
	}
}

// joinSource is what to encode, and how many of its pictures: whole segments.
func joinSource(t *testing.T) (*encodeSource, int64) {
	t.Helper()
	file := os.Getenv("RUNG_JOIN_FILE")
	if file == "" {
		s := newEncodeSource(t, protocol.Pattern{GOP: 50, Frames: 300, BitRate: 8_000_000, Audio: "none", Scenes: []protocol.Scene{
			{Frames: 70, Motion: 3, Noise: 2}, {Frames: 55, Motion: 9}, {Frames: 90, Noise: 5},
		}})
		s.ladder.Grid.SegmentFrames = 96
		for i := range s.ladder.Video {
			s.ladder.Video[i].GOP, s.ladder.Video[i].CRF = 48, 23
		}
		return s, 288
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	media := probed(t, "", data)
	v := media.Video[0]
	wide := rung.VideoRendition{ID: "1080p", Codec: "libx264", Width: 1920, Height: 1080, GOP: 48, CRF: 23, MaxRate: 5_350_000, BufSize: 7_500_000,
		Preset: "veryfast", Profile: "high"}
	middle, narrow := wide, wide
	middle.ID, middle.Width, middle.Height, middle.MaxRate, middle.BufSize = "540p", 960, 540, 2_140_000, 3_000_000
	narrow.ID, narrow.Width, narrow.Height, narrow.MaxRate, narrow.BufSize = "360p", 640, 360, 856_000, 1_200_000
	s := &encodeSource{data: data, media: media, origin: v.StartTime, ladder: testLadder(v.FrameRate, 96)}
	s.media.Audio, s.ladder.Audio = nil, nil
	s.ladder.Video = []rung.VideoRendition{wide, middle, narrow}
	s.ladder.Source = rung.Picture{Width: v.Width, Height: v.Height, SAR: rung.R(1, 1)}
	pictures := int64(0)
	for _, p := range packetsOf(t, media.Format, data) {
		if p.stream == v.Index {
			pictures++
		}
	}
	return s, pictures / 96 * 96
}

// measured encodes a session and gives each rendition's pictures against the source, and its size in bytes.
func (s *encodeSource) measured(t *testing.T, frames int64) (map[string][]protocol.PictureQuality, map[string]int) {
	t.Helper()
	pictures, size := map[string][]protocol.PictureQuality{}, map[string]int{}
	for n := int64(0); n*s.ladder.Grid.SegmentFrames < frames; n++ {
		rio, req := s.task(t, n, frames)
		if _, err := encode(rio, req); err != nil {
			t.Fatal(err)
		}
		var distorted [][]byte
		for _, r := range s.ladder.Video {
			media := rio.outputs[r.ID+"/media"]
			size[r.ID] += len(media)
			distorted = append(distorted, bytes.Join([][]byte{rio.outputs[r.ID+"/init"], media}, nil))
		}
		reply, err := measure(measureRequest(rio, req, distorted...))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reply.Renditions {
			pictures[r.ID] = append(pictures[r.ID], r.Pictures...)
		}
	}
	return pictures, size
}

// edgeLoss is by how many decibels the joinEdge pictures from a place in each segment are better on average than those of
// a continuous encode. The first segment's beginning and the last one's end are both encodes' own.
func edgeLoss(segments, continuous []protocol.PictureQuality, length, place int64) float64 {
	sum, n := 0.0, 0
	for at := place; at+joinEdge <= int64(len(segments)); at += length {
		if at == 0 || at+joinEdge == int64(len(segments)) {
			continue
		}
		for i := range int64(joinEdge) {
			sum += pictureDB(segments[at+i]) - pictureDB(continuous[at+i])
			n++
		}
	}
	return sum / math.Max(1, float64(n))
}

func pictureDB(p protocol.PictureQuality) float64 {
	return protocol.SumUp([]protocol.PictureQuality{p}).PSNR.All
}
