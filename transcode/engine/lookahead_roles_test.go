// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"slices"
	"testing"

	"rung"
	"rung/profiles"
)

// Which rendition of a ladder leads, which follow it, and which look ahead by themselves.
func TestLookaheadRoles(t *testing.T) {
	const a, l, f = ownLookahead, leadsLookahead, followsLookahead
	hd := []rung.VideoRendition{h264(1920, 1080), h264(1280, 720), h264(960, 540), h264(640, 360), h264(416, 234)}
	with := func(i int, change func(*rung.VideoRendition)) []rung.VideoRendition {
		ladder := slices.Clone(hd)
		change(&ladder[i])
		return ladder
	}
	all := func(change func(*rung.VideoRendition)) []rung.VideoRendition {
		ladder := slices.Clone(hd)
		for i := range ladder {
			change(&ladder[i])
		}
		return ladder
	}
	for name, c := range map[string]struct {
		ladder []rung.VideoRendition
		want   []lookaheadRole
	}{
		"five rungs":          {hd, []lookaheadRole{f, f, l, f, a}},
		"three rungs":         {hd[2:], []lookaheadRole{f, f, l}},
		"one of a size":       {hd[:1], []lookaheadRole{a}},
		"two of one size":     {[]rung.VideoRendition{hd[0], hd[0]}, []lookaheadRole{l, f}},
		"far apart":           {[]rung.VideoRendition{hd[0], hd[3]}, []lookaheadRole{a, a}},
		"upright":             {[]rung.VideoRendition{h264(1080, 1920), h264(720, 1280), h264(540, 960)}, []lookaheadRole{f, f, l}},
		"a small one":         {hd[4:], []lookaheadRole{a}},
		"a smaller one":       {[]rung.VideoRendition{hd[3], h264(480, 270)}, []lookaheadRole{f, l}},
		"too small to lead":   {[]rung.VideoRendition{hd[4], h264(208, 120)}, []lookaheadRole{a, a}},
		"too small to follow": {[]rung.VideoRendition{hd[0], hd[2], h264(720, 240)}, []lookaheadRole{f, l, a}},
		"none":                {nil, []lookaheadRole{}},
		"another codec":       {with(0, func(r *rung.VideoRendition) { r.Codec = "libx265" }), []lookaheadRole{a, f, f, l, a}},
		"another preset":      {with(2, func(r *rung.VideoRendition) { r.Preset = "slow" }), []lookaheadRole{f, l, a, a, a}},
		"another profile":     {with(2, func(r *rung.VideoRendition) { r.Profile = "baseline" }), []lookaheadRole{f, l, a, a, a}},
		"another GOP":         {with(1, func(r *rung.VideoRendition) { r.GOP = 24 }), []lookaheadRole{f, a, l, f, a}},
		"another setting":     {with(1, func(r *rung.VideoRendition) { r.Params = map[string]string{"ref": "2"} }), []lookaheadRole{f, a, l, f, a}},
		"another rate":        {with(1, func(r *rung.VideoRendition) { r.CRF = 30 }), []lookaheadRole{f, f, l, f, a}},
		"caps":                {all(func(r *rung.VideoRendition) { r.MaxRate = 100_000 + int64(r.Width) }), []lookaheadRole{f, f, l, f, a}},
		"one without a cap":   {with(1, func(r *rung.VideoRendition) { r.MaxRate = 500_000 }), []lookaheadRole{f, a, l, f, a}},
		"threads":             {with(1, func(r *rung.VideoRendition) { r.Threads = 2 }), []lookaheadRole{f, a, l, f, a}},
		"own look-aheads":     {all(func(r *rung.VideoRendition) { r.OwnLookahead = true }), []lookaheadRole{a, a, a, a, a}},
		"one of its own":      {with(0, func(r *rung.VideoRendition) { r.OwnLookahead = true }), []lookaheadRole{a, f, f, l, a}},
		"without trees":       {all(func(r *rung.VideoRendition) { r.Params = map[string]string{"no-mbtree": ""} }), []lookaheadRole{a, a, a, a, a}},
		"constant quantisers": {all(func(r *rung.VideoRendition) { r.Params = map[string]string{"qp": "20"} }), []lookaheadRole{a, a, a, a, a}},
		"key pictures only":   {all(func(r *rung.VideoRendition) { r.GOP = 1 }), []lookaheadRole{a, a, a, a, a}},
		"superfast":           {all(func(r *rung.VideoRendition) { r.Preset = "superfast" }), []lookaheadRole{a, a, a, a, a}},
		"zero latency":        {all(func(r *rung.VideoRendition) { r.Tune = "film,zerolatency" }), []lookaheadRole{a, a, a, a, a}},
		"tuned":               {all(func(r *rung.VideoRendition) { r.Params = map[string]string{"me": "dia", "trellis": "1"} }), []lookaheadRole{f, f, l, f, a}},
	} {
		if got := lookaheadRoles(c.ladder); !slices.Equal(got, c.want) {
			t.Errorf("%s: roles %v, want %v", name, got, c.want)
		}
	}
}

// The built-in H.264 ladders of a full-size source share their look-aheads.
func TestBuiltInLaddersShareLookahead(t *testing.T) {
	for _, name := range []string{"hd5", "hd5-tuned", "hd3", "sd3", "apple"} {
		ladder, err := profiles.Find(name).Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		roles := lookaheadRoles(ladder.Video)
		if !slices.Contains(roles, leadsLookahead) || roles[0] != followsLookahead {
			t.Errorf("%s: roles %v: the widest rendition follows nobody", name, roles)
		}
	}
}
