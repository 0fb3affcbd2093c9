// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"maps"
	"strings"

	"rung"
)

// lookaheadRole is what a rendition's encoder has to do with the look-ahead that renditions of a ladder share.
type lookaheadRole int

const (
	ownLookahead     lookaheadRole = iota // has a look-ahead of its own
	leadsLookahead                        // leads: tells the others what its own finds
	followsLookahead                      // follows the one that leads, and has none
)

const (
	// leaderPixels is the least size of a picture whose look-ahead says enough of larger ones.
	leaderPixels = 80_000
	// soloPixels is the size under which a rendition does not follow a larger one: there is hardly anything to save there,
	// and what is found at a larger size fits it worst (docs/performance.md).
	soloPixels = 180_000
)

// lookaheadRoles says which renditions share a look-ahead: of those that code alike the one leads that is the narrowest, but
// at least 0.4 times as wide as the widest. Those narrower than two thirds of it keep their own. It depends on the ladder
// alone, so that an encode remains a pure function of its task.
func lookaheadRoles(ladder []rung.VideoRendition) []lookaheadRole {
	roles := make([]lookaheadRole, len(ladder))
	widest := -1
	for i, r := range ladder {
		if canShareLookahead(r) && (widest < 0 || r.Width > ladder[widest].Width) {
			widest = i
		}
	}
	if widest < 0 {
		return roles
	}
	leader := widest
	for i, r := range ladder {
		if codeAlike(r, ladder[widest]) && 10*r.Width >= 4*ladder[widest].Width && r.Width < ladder[leader].Width && pixels(r) >= leaderPixels {
			leader = i
		}
	}
	followers := 0
	for i, r := range ladder {
		if i != leader && codeAlike(r, ladder[leader]) && canFollow(r, ladder[leader]) {
			roles[i] = followsLookahead
			followers++
		}
	}
	if followers > 0 {
		roles[leader] = leadsLookahead
	}
	return roles
}

// canFollow reports whether a leader's look-ahead fits a rendition's size.
func canFollow(r, leader rung.VideoRendition) bool {
	if pixels(leader) < leaderPixels {
		return false
	}
	return r.Width >= leader.Width || 3*r.Width >= 2*leader.Width && pixels(r) >= soloPixels
}

func pixels(r rung.VideoRendition) int { return r.Width * r.Height }

// codeAlike reports whether two renditions can share a look-ahead: whether pictures would get the same types and weights,
// and both or neither plan for a cap.
func codeAlike(a, b rung.VideoRendition) bool {
	return canShareLookahead(a) && canShareLookahead(b) && a.GOP == b.GOP && a.Preset == b.Preset && a.Profile == b.Profile && a.Tune == b.Tune &&
		(a.MaxRate > 0) == (b.MaxRate > 0) && maps.Equal(a.Params, b.Params)
}

// canShareLookahead reports whether a rendition's settings are known to go with x264's shared look-ahead: macroblock trees,
// one thread, progressive pictures.
func canShareLookahead(r rung.VideoRendition) bool {
	if r.Codec != "libx264" || r.OwnLookahead || r.Threads > 1 || r.GOP < 2 || strings.Contains(r.Tune, "zerolatency") {
		return false
	}
	if !treePresets[r.Preset] {
		return false
	}
	for name := range r.Params {
		if !sharedParams[strings.TrimPrefix(name, "no-")] {
			return false
		}
	}
	return true
}

// treePresets are x264's presets with macroblock trees. "" is medium.
var treePresets = map[string]bool{
	"": true, "veryfast": true, "faster": true, "fast": true, "medium": true, "slow": true, "slower": true, "veryslow": true,
}

// sharedParams are x264's settings that a shared look-ahead has nothing to do with, or follows.
var sharedParams = map[string]bool{
	"8x8dct": true, "aq-mode": true, "aq-strength": true, "b-adapt": true, "b-bias": true, "b-pyramid": true,
	"bframes": true, "cabac": true, "chroma-me": true, "chroma-qp-offset": true, "dct-decimate": true, "deadzone-inter": true,
	"deadzone-intra": true, "deblock": true, "direct": true, "fast-pskip": true, "ipratio": true, "me": true, "merange": true,
	"mixed-refs": true, "mvrange": true, "nr": true, "partitions": true, "pbratio": true, "psy": true, "psy-rd": true,
	"qcomp": true, "qpmax": true, "qpmin": true, "qpstep": true, "ref": true, "slices": true, "subme": true, "trellis": true,
	"weightb": true, "weightp": true,
}
