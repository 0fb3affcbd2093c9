// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"testing"

	"go.uber.org/goleak"

	"rung"
	"rung/transcode/protocol"
)

// measureRequest asks for the measurement of a task's renditions against what it came out as.
func measureRequest(rio *memoryIO, req protocol.Request, distorted ...[]byte) (*memoryIO, protocol.Request) {
	req.Op = protocol.OpMeasure
	m := &memoryIO{inputs: append(rio.inputs[:len(rio.inputs):len(rio.inputs)], distorted...)}
	for _, d := range distorted {
		req.Inputs = append(req.Inputs, protocol.Input{Size: int64(len(d))})
	}
	return m, req
}

// measureSegment encodes segment n of a session and measures it.
func measureSegment(t testing.TB, s *encodeSource, n, frames int64) protocol.MeasureReply {
	t.Helper()
	rio, req := s.task(t, n, frames)
	if _, err := encode(rio, req); err != nil {
		t.Fatal(err)
	}
	var distorted [][]byte
	for _, r := range s.ladder.Video {
		distorted = append(distorted, bytes.Join([][]byte{rio.outputs[r.ID+"/init"], rio.outputs[r.ID+"/media"]}, nil))
	}
	reply, err := measure(measureRequest(rio, req, distorted...))
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// A segment is measured picture by picture against the source's own, in each rendition, whatever the source's rate, scan
// and container; a worse setting measures worse.
func TestMeasureSegments(t *testing.T) {
	defer goleak.VerifyNone(t)
	sources := map[string]func() *encodeSource{
		"transport stream": func() *encodeSource { return newEncodeSource(t, protocol.Pattern{GOP: 12, OpenGOP: true, Frames: 110}) },
		"cut": func() *encodeSource {
			s := newEncodeSource(t, protocol.Pattern{GOP: 12, OpenGOP: true, Frames: 110})
			s.cut = true
			return s
		},
		"interlaced": func() *encodeSource {
			return newEncodeSource(t, protocol.Pattern{GOP: 12, Codec: "mpeg2video", Interlaced: "tff", Frames: 110})
		},
		"59.94": func() *encodeSource {
			return newEncodeSource(t, protocol.Pattern{Rate: rung.R(60000, 1001), Frames: 110})
		},
		"mp4": func() *encodeSource { return newFileSource(t, "mp4", protocol.Pattern{GOP: 24, Frames: 110}) },
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			s := source()
			for n := range int64(2) {
				good := measureSegment(t, s, n, 48)
				s.ladder.Video[0].CRF, s.ladder.Video[1].CRF = 38, 38
				poor := measureSegment(t, s, n, 48)
				s.ladder.Video[0].CRF, s.ladder.Video[1].CRF = 20, 20
				for i, r := range s.ladder.Video {
					wantBetter(t, r, good.Renditions[i], poor.Renditions[i])
				}
				if good.Stats.Slate != 0 || good.Stats.DecodeErrors != 0 {
					t.Errorf("segment %d: %+v", n, good.Stats)
				}
			}
		})
	}
}

func wantBetter(t *testing.T, r rung.VideoRendition, good, poor protocol.MeasuredRendition) {
	t.Helper()
	if good.ID != r.ID || good.Width != r.Width || good.Height != r.Height || len(good.Pictures) != 24 || good.Quality.Pictures != 24 {
		t.Errorf("rendition %s of %dx%d with %d pictures, want %s of %dx%d with 24", good.ID, good.Width, good.Height, len(good.Pictures), r.ID, r.Width, r.Height)
	}
	g, p := good.Quality, poor.Quality
	if g.PSNR.Y < 38 || g.SSIM.Y < 0.97 || g.XPSNR.Y < 34 {
		t.Errorf("%s at CRF 20: %+v", r.ID, g)
	}
	if g.PSNR.All < p.PSNR.All+4 || g.SSIM.All < p.SSIM.All || g.XPSNR.All < p.XPSNR.All+4 {
		t.Errorf("%s: CRF 20 gives %+v, CRF 38 gives %+v", r.ID, g, p)
	}
	for k, picture := range good.Pictures {
		if q := protocol.SumUp([]protocol.PictureQuality{picture}); q.PSNR.Y < 34 {
			t.Errorf("%s: picture %d has %.2f dB: it is another one's reference", r.ID, k, q.PSNR.Y)
		}
	}
}

// The reference itself, coded without loss, is not told from it; at another size it is scaled and is.
func TestMeasureReferenceItself(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{GOP: 12, Frames: 60})
	s.ladder.Video = s.ladder.Video[:1]
	r := &s.ladder.Video[0]
	r.CRF, r.MaxRate, r.BufSize, r.Profile = 0, 0, 0, ""
	whole := measureSegment(t, s, 1, 48).Renditions[0]
	if whole.Quality.PSNR.All != protocol.MaxDB || whole.Quality.XPSNR.All != protocol.MaxDB || whole.Quality.SSIM.Y < 0.999999 {
		t.Errorf("without loss: %+v", whole.Quality)
	}

	rio, req := s.task(t, 1, 48)
	r.Width, r.Height = 208, 120
	small, smallReq := s.task(t, 1, 48)
	if _, err := encode(small, smallReq); err != nil {
		t.Fatal(err)
	}
	req.Task.Ladder.Video = []rung.VideoRendition{{ID: r.ID, Codec: "libx264", Width: 416, Height: 240, GOP: 12}}
	reply, err := measure(measureRequest(rio, req, append(small.outputs[r.ID+"/init"], small.outputs[r.ID+"/media"]...)))
	if err != nil {
		t.Fatal(err)
	}
	if q := reply.Renditions[0].Quality; q.PSNR.Y > 50 || q.PSNR.Y < 15 || q.Pictures != 24 {
		t.Errorf("half the size scaled up: %+v", q)
	}
}

// What cannot be measured is refused by what is wrong with it.
func TestMeasureRefuses(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{GOP: 12, Frames: 60})
	s.ladder.Video = s.ladder.Video[:1]
	rio, req := s.task(t, 0, 48)
	if _, err := encode(rio, req); err != nil {
		t.Fatal(err)
	}
	coded := append(rio.outputs["240p/init"], rio.outputs["240p/media"]...)
	longer, longerReq := s.task(t, 0, 48)
	longerReq.Task.Interval.Frames = 30
	shorter, shorterReq := s.task(t, 0, 48)
	shorterReq.Task.Interval.Frames = 20

	tests := map[string]struct {
		rio  *memoryIO
		req  protocol.Request
		data []byte
		code rung.Code
	}{
		"too few pictures":  {longer, longerReq, coded, rung.CodeBadInput},
		"too many pictures": {shorter, shorterReq, coded, rung.CodeBadInput},
		"no container":      {rio, req, []byte("no film at all"), rung.CodeBadInput},
		"sound alone":       {rio, req, append(rio.outputs["audio/init"], rio.outputs["audio/media"]...), rung.CodeBadInput},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := measure(measureRequest(tt.rio, tt.req, tt.data))
			wantCode(t, err, tt.code)
		})
	}
	_, err := measure(rio, protocol.Request{Op: protocol.OpMeasure})
	wantCode(t, err, rung.CodeInvalid)
	if _, err := measure(rio, protocol.Request{Op: protocol.OpMeasure, Task: req.Task, Inputs: req.Inputs}); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("a measurement of nothing: %v", err)
	}
}
