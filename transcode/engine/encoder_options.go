// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"rung"
)

// encoderOptions are a rendition's settings by libavcodec's names. Those that make segments join, and give the same bytes
// on every machine, come last: nothing a profile says can undo them.
func encoderOptions(r rung.VideoRendition, part lookahead) ([][2]string, error) {
	options := [][2]string{
		{"g", strconv.FormatInt(r.GOP, 10)},
		{"keyint_min", strconv.FormatInt(r.GOP, 10)},
		{"threads", strconv.Itoa(max(r.Threads, 1))},
		{"preset", r.Preset},
		{"maxrate", positive(r.MaxRate)},
		{"bufsize", positive(r.BufSize)},
	}
	if r.BitRate > 0 {
		options = append(options, [2]string{"b", strconv.FormatInt(r.BitRate, 10)})
	} else {
		options = append(options, [2]string{"crf", strconv.FormatFloat(r.CRF, 'f', -1, 64)})
	}
	switch r.Codec {
	case "libx264":
		options = append(options, x264Options(r, part)...)
	case "libx265":
		options = append(options, x265Options(r)...)
	case "libsvtav1":
		options = append(options, svtAV1Options(r)...)
	default:
		return nil, rung.Errorf(rung.CodeUnsupported, "use libx264, libx265 or libsvtav1", "rendition %q: codec %q is not supported", r.ID, r.Codec)
	}
	return slices.DeleteFunc(options, func(o [2]string) bool { return o[1] == "" }), nil
}

// positive is a number's text; none for 0, which means that it is not set.
func positive(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// x264Options: stitchable keeps what depends on content out of the parameter sets; cpu-independent keeps to computations
// whose result is the same whatever instructions the processor has.
func x264Options(r rung.VideoRendition, part lookahead) [][2]string {
	own := []string{"stitchable=1", "cpu-independent=1"}
	if p := part.param(); p != "" {
		own = append(own, p)
	}
	return [][2]string{
		{"flags", "+global_header+cgop"},
		{"profile", r.Profile},
		{"tune", r.Tune},
		{"level", r.Level},
		{"sc_threshold", "0"},
		{"forced-idr", "1"},
		{"a53cc", "0"},
		{"x264-params", settings(r.Params, ":", own...)},
	}
}

// x265Options: one frame thread and no pool, for the number of threads decides what rate control knows.
func x265Options(r rung.VideoRendition) [][2]string {
	pools := "pools=none"
	if r.Threads > 1 {
		pools = "pools=" + strconv.Itoa(r.Threads)
	}
	own := []string{
		"open-gop=0", "scenecut=0", "keyint=" + strconv.FormatInt(r.GOP, 10), "min-keyint=" + strconv.FormatInt(r.GOP, 10),
		"repeat-headers=0", "info=0", "log-level=error", "frame-threads=1", pools,
	}
	if r.Level != "" {
		own = append(own, "level-idc="+r.Level)
	}
	return [][2]string{
		{"flags", "+global_header+cgop"},
		{"profile", r.Profile},
		{"tune", r.Tune},
		{"forced-idr", "1"},
		{"a53cc", "0"},
		{"x265-params", settings(r.Params, ":", own...)},
	}
}

// svtAV1Options: lp is the number of logical processors.
func svtAV1Options(r rung.VideoRendition) [][2]string {
	own := []string{"scd=0", "lp=" + strconv.Itoa(max(r.Threads, 1))}
	if r.Level != "" {
		own = append(own, "level="+r.Level)
	}
	return [][2]string{
		{"flags", "+global_header+cgop"},
		{"svtav1-params", settings(r.Params, ":", own...)},
	}
}

// settings joins a profile's own settings, in alphabetical order, and those that must hold.
func settings(params map[string]string, separator string, own ...string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if value := params[name]; value != "" {
			name += "=" + value
		}
		all = append(all, name)
	}
	return strings.Join(append(all, own...), separator)
}
