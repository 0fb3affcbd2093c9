// SPDX-License-Identifier: GPL-3.0-or-later

package engine

/*
#cgo pkg-config: libavcodec libavformat libavfilter libswscale libswresample libavutil
#include <stdint.h>
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

#if defined(__has_include)
#if __has_include(<x264.h>)
#include <x264.h>
#endif
#endif
#ifndef X264_POINTVER
#define X264_POINTVER ""
#endif

// Weak: where FFmpeg is a shared library, its encoders need not be linked to this program itself.
extern const char *x265_version_str __attribute__((weak));
extern const char *svt_av1_get_version(void) __attribute__((weak));

static const char *rung_x264_version(void) { return X264_POINTVER; }
static const char *rung_x265_version(void) { return &x265_version_str ? x265_version_str : ""; }
static const char *rung_svtav1_version(void) { return svt_av1_get_version ? svt_av1_get_version() : ""; }
*/
import "C"

import (
	"fmt"

	"github.com/asticode/go-astiav"
)

// Versions names the versions of FFmpeg ("ffmpeg"), its libraries ("libavcodec"...) and the encoders in it ("x264",
// "x265", "svtav1") that this program runs with. One whose version cannot be found out is left out.
func Versions() map[string]string {
	v := map[string]string{
		"ffmpeg":        C.GoString(C.av_version_info()),
		"libavcodec":    libraryVersion(C.avcodec_version()),
		"libavformat":   libraryVersion(C.avformat_version()),
		"libavfilter":   libraryVersion(C.avfilter_version()),
		"libavutil":     libraryVersion(C.avutil_version()),
		"libswscale":    libraryVersion(C.swscale_version()),
		"libswresample": libraryVersion(C.swresample_version()),
		"x264":          C.GoString(C.rung_x264_version()),
		"x265":          C.GoString(C.rung_x265_version()),
		"svtav1":        C.GoString(C.rung_svtav1_version()),
	}
	for name, version := range v {
		if version == "" {
			delete(v, name)
		}
	}
	return v
}

// libraryVersion prints AV_VERSION_INT.
func libraryVersion(v C.uint) string {
	return fmt.Sprintf("%d.%d.%d", v>>16, v>>8&0xff, v&0xff)
}

// Encoders lists those of the encoders that renditions may ask for which this program's FFmpeg has.
func Encoders() []string {
	var present []string
	for _, name := range []string{"libx264", "libx265", "libsvtav1", "aac"} {
		if astiav.FindEncoderByName(name) != nil {
			present = append(present, name)
		}
	}
	return present
}
