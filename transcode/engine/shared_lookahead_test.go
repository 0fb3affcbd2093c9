// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/asticode/go-astiav"
	"go.uber.org/goleak"

	"rung"
	"rung/transcode/protocol"
)

// sharedSource is scenes of 960x540 and a ladder of which the last rendition leads and the others follow.
func sharedSource(t testing.TB, frames int64) *encodeSource {
	t.Helper()
	data := generated(t, protocol.Pattern{Width: 960, Height: 540, GOP: 50, Frames: frames, BitRate: 20_000_000, Audio: "none", Scenes: []protocol.Scene{
		{Frames: 40, Motion: 3}, {Frames: 45, Motion: 11}, {Frames: 90, Motion: 1},
	}})
	s := &encodeSource{data: data, media: probed(t, "mpegts", data), origin: defaultPatternStart, ladder: testLadder(rung.R(25, 1), 96)}
	s.ladder.Audio = nil
	s.ladder.Source.Width, s.ladder.Source.Height = 960, 540
	r := s.ladder.Video[0]
	r.GOP, r.CRF, r.MaxRate, r.BufSize = 48, 23, 6_000_000, 6_000_000
	wide, middle, narrow := r, r, r
	wide.ID, wide.Width, wide.Height = "540p", 960, 540
	middle.ID, middle.Width, middle.Height = "432p", 768, 432
	narrow.ID, narrow.Width, narrow.Height = "360p", 640, 360
	s.ladder.Video = []rung.VideoRendition{wide, middle, narrow}
	return s
}

// apart has each rendition look ahead by itself.
func (s *encodeSource) apart() {
	s.ladder.Video = slices.Clone(s.ladder.Video)
	for i := range s.ladder.Video {
		s.ladder.Video[i].OwnLookahead = true
	}
}

// Renditions that follow another's look-ahead have its picture types, every picture in its place, and lose nothing against
// looking ahead by themselves; the one that leads does not change by a byte. The same task gives the same bytes.
func TestSharedLookahead(t *testing.T) {
	defer goleak.VerifyNone(t)
	const frames = 192
	s := sharedSource(t, frames+10)
	if roles := lookaheadRoles(s.ladder.Video); !slices.Equal(roles, []lookaheadRole{followsLookahead, followsLookahead, leadsLookahead}) {
		t.Fatalf("roles %v", roles)
	}
	shared, again := s.encodeAll(t, frames), s.encodeAll(t, frames)
	together, size := s.measured(t, frames)
	leader := shared.decodedJoined(t, "360p", s.ladder.Grid.Rate)
	for _, r := range s.ladder.Video {
		d := shared.decodedJoined(t, r.ID, s.ladder.Grid.Rate)
		wantPlaces(t, r, d, frames)
		if !slices.Equal(d.types, leader.types) {
			t.Errorf("%s: its pictures have other types than those of the rendition that leads", r.ID)
		}
		if !bytes.Equal(shared.joined(r.ID), again.joined(r.ID)) {
			t.Errorf("%s: a second encode gives other bytes", r.ID)
		}
	}
	if !slices.Contains(leader.types, astiav.PictureTypeB) {
		t.Fatal("no B pictures: nothing was decided")
	}

	s.apart()
	if roles := lookaheadRoles(s.ladder.Video); slices.Contains(roles, followsLookahead) {
		t.Fatalf("roles %v", roles)
	}
	alone := s.encodeAll(t, frames)
	separate, sizeAlone := s.measured(t, frames)
	if !bytes.Equal(shared.joined("360p"), alone.joined("360p")) {
		t.Error("360p: leading changes what it is encoded as")
	}
	for _, id := range []string{"540p", "432p"} {
		a, b := protocol.SumUp(together[id]), protocol.SumUp(separate[id])
		psnr, ssim, xpsnr := a.PSNR.All-b.PSNR.All, a.SSIM.All-b.SSIM.All, a.XPSNR.All-b.XPSNR.All
		grown := float64(size[id])/float64(sizeAlone[id]) - 1
		t.Logf("%s: PSNR %+.3f dB, SSIM %+.5f, XPSNR %+.3f dB, size %+.2f%%", id, psnr, ssim, xpsnr, 100*grown)
		// Size and quality move together; a step of 6 in QP halves the one and takes about 6 dB of the other.
		if worth := psnr - 6*math.Log2(1+grown); worth < -0.2 || math.Abs(grown) > 0.06 {
			t.Errorf("%s: PSNR %+.3f dB at %+.2f%% of the size", id, psnr, 100*grown)
		}
	}
}

// Segments shorter than the look-ahead, none or many B pictures, other presets, and caps that bind: all pictures come, and
// a cap holds for those that follow.
func TestSharedLookaheadSettings(t *testing.T) {
	defer goleak.VerifyNone(t)
	params := func(name, value string) func(*rung.VideoRendition) {
		return func(r *rung.VideoRendition) { r.Params = map[string]string{name: value} }
	}
	for name, c := range map[string]struct {
		frames int64
		change func(*rung.VideoRendition)
	}{
		"one picture":      {1, nil},
		"two pictures":     {2, nil},
		"five pictures":    {5, nil},
		"no B pictures":    {30, params("bframes", "0")},
		"many B pictures":  {50, params("bframes", "8")},
		"best B pictures":  {50, params("b-adapt", "2")},
		"no pyramid":       {50, params("b-pyramid", "none")},
		"strict pyramid":   {50, params("b-pyramid", "strict")},
		"no weights":       {30, params("weightp", "0")},
		"no quantiser map": {30, params("aq-mode", "0")},
		"baseline":         {50, func(r *rung.VideoRendition) { r.Profile = "baseline" }},
		"level":            {50, func(r *rung.VideoRendition) { r.Preset, r.Level = "slow", "3.1" }},
		"medium":           {60, func(r *rung.VideoRendition) { r.Preset = "medium" }},
		"average rate":     {60, func(r *rung.VideoRendition) { r.CRF, r.BitRate = 0, 600_000 }},
		"capped":           {96, func(r *rung.VideoRendition) { r.CRF, r.MaxRate, r.BufSize = 12, 800_000, 800_000 }},
		"capped low":       {96, func(r *rung.VideoRendition) { r.CRF, r.MaxRate, r.BufSize = 23, 400_000, 600_000 }},
	} {
		t.Run(name, func(t *testing.T) {
			s := sharedSource(t, c.frames+10)
			s.ladder.Grid.SegmentFrames = c.frames
			for i := range s.ladder.Video {
				if c.change != nil {
					c.change(&s.ladder.Video[i])
				}
			}
			if c.frames > 48 {
				s.ladder.Grid.SegmentFrames = 48
			}
			if !slices.Contains(lookaheadRoles(s.ladder.Video), followsLookahead) {
				t.Fatal("nothing is shared")
			}
			all := s.encodeAll(t, c.frames)
			for _, r := range s.ladder.Video {
				wantPlaces(t, r, all.decodedJoined(t, r.ID, s.ladder.Grid.Rate), c.frames)
				if r.MaxRate > 0 {
					wantWithinBuffer(t, r, all, s.ladder.Grid.Rate)
				}
			}
		})
	}
}

// wantPlaces wants a picture at each place, and at the source's own size that it is the right one: numbers cannot be read
// at other sizes, whose pictures the measurement holds against the source.
func wantPlaces(t *testing.T, r rung.VideoRendition, d decodedStream, frames int64) {
	t.Helper()
	if r.Width == 960 {
		wantNumbers(t, r.ID, d, frames, identity)
		return
	}
	if int64(len(d.pts)) != frames {
		t.Errorf("%s: %d pictures, want %d", r.ID, len(d.pts), frames)
	}
	for k, at := range d.pts {
		if at != int64(k) {
			t.Fatalf("%s: picture %d is at place %d", r.ID, k, at)
		}
	}
}

// wantWithinBuffer wants that no segment takes a decoder's buffer below nothing which is filled at the cap, from x264's
// 0.9 at its beginning, and in which each picture has its decoding time.
func wantWithinBuffer(t *testing.T, r rung.VideoRendition, all encodedSession, rate rung.Rational) {
	t.Helper()
	perPicture := float64(r.MaxRate) * float64(rate.Den) / float64(rate.Num)
	for n, media := range all.media[r.ID] {
		fullness := 0.9 * float64(r.BufSize)
		for i, p := range packetsOf(t, "mov", append(bytes.Clone(all.inits[r.ID]), media...)) {
			if fullness -= 8 * float64(p.size); fullness < -0.02*float64(r.BufSize) {
				t.Errorf("%s: segment %d: picture %d in decoding order is %.0f bits more than the buffer has", r.ID, n, i, -fullness)
				return
			}
			fullness = min(fullness+perPicture, float64(r.BufSize))
		}
	}
}

// An encoder that cannot be opened ends the encode with its own error, whichever of those that share a look-ahead it is.
func TestSharedLookaheadRefusedSettings(t *testing.T) {
	defer goleak.VerifyNone(t)
	for i := range 3 {
		s := sharedSource(t, 60)
		s.ladder.Grid.SegmentFrames = 48
		s.ladder.Video[i].Level = "99"
		if !slices.Contains(lookaheadRoles(s.ladder.Video), followsLookahead) {
			t.Fatal("nothing is shared")
		}
		rio, req := s.task(t, 0, 48)
		_, err := encode(rio, req)
		wantCode(t, err, rung.CodeInvalid)
	}
}

// Only in an encode may pictures wait for a look-ahead: a measurement has none that would bound them.
func TestQueuesForLookahead(t *testing.T) {
	s := sharedSource(t, 60)
	_, req := s.task(t, 0, 48)
	e := &encodeRun{task: req.Task}
	for i := range s.ladder.Video {
		if n := e.queueSize(i); n != pictureQueue {
			t.Errorf("rendition %d: %d pictures may wait where nothing looks ahead", i, n)
		}
	}
	if err := e.shareLookahead(); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for i, want := range []int64{48, 48, pictureQueue} {
		if n := e.queueSize(i); n != want {
			t.Errorf("rendition %d: %d pictures may wait, want %d", i, n, want)
		}
	}
}
