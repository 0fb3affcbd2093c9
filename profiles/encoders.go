package profiles

import (
	"fmt"
	"slices"
	"strings"
)

// encoder is what a profile may ask of one video encoder.
type encoder struct {
	preset, profile string // defaults
	presets         []string
	profiles        []string
	tunes           []string
	levels          []string
	maxCRF          float64
	params          []string // settings that may be given under params, by the encoder's own names
}

var x26xPresets = []string{"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"}

// The levels of each codec: H.264 table A-1, H.265 table A.8, AV1 annex A.3.
var (
	h264Levels = []string{"1", "1b", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "3", "3.1", "3.2", "4", "4.1", "4.2", "5", "5.1", "5.2", "6", "6.1", "6.2"}
	h265Levels = []string{"1", "2", "2.1", "3", "3.1", "4", "4.1", "5", "5.1", "5.2", "6", "6.1", "6.2"}
	av1Levels  = []string{"2.0", "2.1", "3.0", "3.1", "4.0", "4.1", "5.0", "5.1", "5.2", "5.3", "6.0", "6.1", "6.2", "6.3"}
)

// encoders are the video encoders by FFmpeg's names. Settings that Rung itself decides (GOP structure, threads, headers,
// rate control that spans segments) are not among params: segments encoded apart would no longer join.
var encoders = map[string]encoder{
	"libx264": {
		preset: "veryfast", profile: "high", presets: x26xPresets,
		profiles: []string{"baseline", "main", "high"},
		levels:   h264Levels,
		tunes:    []string{"film", "animation", "grain", "stillimage", "psnr", "ssim", "fastdecode", "zerolatency"},
		maxCRF:   51,
		params: []string{"bframes", "b-adapt", "b-bias", "b-pyramid", "weightb", "weightp", "ref", "deblock", "no-deblock", "cabac", "no-cabac",
			"partitions", "direct", "me", "merange", "mvrange", "subme", "subq", "psy", "no-psy", "psy-rd", "mixed-refs", "no-mixed-refs",
			"chroma-me", "no-chroma-me", "8x8dct", "no-8x8dct", "trellis", "fast-pskip", "no-fast-pskip", "dct-decimate", "no-dct-decimate",
			"nr", "deadzone-inter", "deadzone-intra", "cqm", "qcomp", "qpmin", "qpmax", "qpstep", "ipratio", "pbratio", "chroma-qp-offset",
			"aq-mode", "aq-strength", "rc-lookahead", "mbtree", "no-mbtree", "crf-max", "cplxblur", "qblur", "vbv-init", "slices", "aud"},
	},
	"libx265": {
		preset: "veryfast", profile: "main", presets: x26xPresets,
		profiles: []string{"main", "main10"},
		levels:   h265Levels,
		tunes:    []string{"psnr", "ssim", "grain", "fastdecode", "zerolatency", "animation"},
		maxCRF:   51,
		params: []string{"bframes", "b-adapt", "b-pyramid", "no-b-pyramid", "bframe-bias", "weightp", "weightb", "ref", "limit-refs", "ctu", "min-cu-size", "max-tu-size",
			"rect", "no-rect", "amp", "no-amp", "early-skip", "no-early-skip", "rskip", "fast-intra", "b-intra", "no-b-intra", "me", "merange", "subme", "max-merge",
			"temporal-mvp", "no-temporal-mvp", "rd", "rdoq-level", "tu-intra-depth", "tu-inter-depth", "limit-tu", "limit-modes", "no-limit-modes",
			"psy-rd", "psy-rdoq", "rd-refine", "sao", "no-sao", "limit-sao", "selective-sao", "deblock", "no-deblock", "signhide", "no-signhide", "strong-intra-smoothing",
			"no-strong-intra-smoothing", "aq-mode", "aq-strength", "aq-motion", "cutree", "no-cutree", "qcomp", "qpstep", "ipratio", "pbratio", "cbqpoffs", "crqpoffs",
			"rc-lookahead", "lookahead-slices", "crf-max", "crf-min", "cplxblur", "qblur", "nr-intra", "nr-inter", "vbv-init", "hme", "aud"},
	},
	"libsvtav1": {
		preset: "10", profile: "main",
		presets:  []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"},
		profiles: []string{"main"},
		levels:   av1Levels,
		maxCRF:   63,
		params: []string{"tune", "hierarchical-levels", "lookahead", "film-grain", "film-grain-denoise", "aq-mode", "enable-tf", "enable-cdef", "enable-dlf",
			"enable-restoration", "enable-overlays", "tile-rows", "tile-columns", "qm-min", "qm-max", "enable-qm", "min-qp", "max-qp", "scm", "fast-decode", "sharpness"},
	},
}

// check holds a rendition against what its encoder knows.
func (e encoder) check(r *Rendition) error {
	if !slices.Contains(e.presets, r.Preset) {
		return fmt.Errorf("preset %q is not one of %s", r.Preset, strings.Join(e.presets, ", "))
	}
	if !slices.Contains(e.profiles, r.Profile) {
		return fmt.Errorf("profile %q is not one of %s", r.Profile, strings.Join(e.profiles, ", "))
	}
	if r.Level != "" && !slices.Contains(e.levels, r.Level) {
		return fmt.Errorf("level %q is not one of %s", r.Level, strings.Join(e.levels, ", "))
	}
	for _, t := range strings.FieldsFunc(r.Tune, func(c rune) bool { return c == ',' || c == '+' }) {
		if !slices.Contains(e.tunes, t) {
			return fmt.Errorf("tune %q is not one of %s", t, strings.Join(e.tunes, ", "))
		}
	}
	for _, name := range sortedKeys(r.Params) {
		if !slices.Contains(e.params, name) {
			return fmt.Errorf("%s has no setting %q that a profile may choose; those are %s", r.Codec, name, strings.Join(e.params, ", "))
		}
		if strings.ContainsAny(r.Params[name], ":= \t\n") {
			return fmt.Errorf("setting %s: %q may not contain \":\", \"=\" or blanks", name, r.Params[name])
		}
	}
	return nil
}
