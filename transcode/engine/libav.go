// SPDX-License-Identifier: GPL-3.0-or-later

package engine

/*
#cgo pkg-config: libavcodec libavformat libavutil
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
*/
import "C"

import (
	"os"
	"unsafe"

	"github.com/asticode/go-astiav"

	"rung"
)

// This file holds the few things of libav that go-astiav does not offer.

// noPTS is AV_NOPTS_VALUE: libav does not know the time stamp.
const noPTS int64 = C.AV_NOPTS_VALUE

// quietLibraries has the libraries log to standard error, each line once; serve sets the level. go-astiav's log
// callback is never used: in this version it overflows a buffer.
func quietLibraries() {
	C.av_log_set_flags(C.AV_LOG_SKIP_REPEATED | C.AV_LOG_PRINT_LEVEL)
	// SVT-AV1 does not log through libav. It reads its level when an encoder is opened.
	os.Setenv("SVT_LOG", "1") // errors only; reaches C's environment too
}

// scan is how a decoded picture was scanned.
type scan struct {
	interlaced bool
	topFirst   bool
	// repeat is repeat_pict: by how many halves of its duration the picture lasts longer (soft telecine).
	repeat int
}

// scanOf reads a decoded picture's flags.
func scanOf(f *astiav.Frame) scan {
	c := (*C.AVFrame)(f.UnsafePointer())
	return scan{
		interlaced: c.flags&C.AV_FRAME_FLAG_INTERLACED != 0,
		topFirst:   c.flags&C.AV_FRAME_FLAG_TOP_FIELD_FIRST != 0,
		repeat:     int(c.repeat_pict),
	}
}

// setScan flags a picture before it is encoded.
func setScan(f *astiav.Frame, s scan) {
	c := (*C.AVFrame)(f.UnsafePointer())
	c.flags &^= C.AV_FRAME_FLAG_INTERLACED | C.AV_FRAME_FLAG_TOP_FIELD_FIRST
	if s.interlaced {
		c.flags |= C.AV_FRAME_FLAG_INTERLACED
	}
	if s.topFirst {
		c.flags |= C.AV_FRAME_FLAG_TOP_FIELD_FIRST
	}
}

// bestEffortPTS is a decoded frame's time stamp as far as libavcodec knows it.
func bestEffortPTS(f *astiav.Frame) int64 {
	return int64((*C.AVFrame)(f.UnsafePointer()).best_effort_timestamp)
}

// plane gives n bytes of a frame's plane i, in place. They are valid until the frame is unreferenced.
func plane(f *astiav.Frame, i, n int) []byte {
	c := (*C.AVFrame)(f.UnsafePointer())
	return unsafe.Slice((*byte)(unsafe.Pointer(c.data[i])), n)
}

// profileName is a codec profile's name, empty where it has none.
func profileName(id astiav.CodecID, p astiav.Profile) string {
	return C.GoString(C.avcodec_profile_name(C.enum_AVCodecID(id), C.int(p)))
}

// colourNames are libavutil's names of a stream's colour properties, empty where they are not specified.
func colourNames(p *astiav.CodecParameters) (primaries, transfer, matrix, levels string) {
	primaries = specified(C.av_color_primaries_name(C.enum_AVColorPrimaries(p.ColorPrimaries())))
	transfer = specified(C.av_color_transfer_name(C.enum_AVColorTransferCharacteristic(p.ColorTransferCharacteristic())))
	matrix = specified(C.av_color_space_name(C.enum_AVColorSpace(p.ColorSpace())))
	levels = specified(C.av_color_range_name(C.enum_AVColorRange(p.ColorRange())))
	return
}

// specified turns libavutil's ways to say that it does not know into an empty string.
func specified(name *C.char) string {
	switch s := C.GoString(name); s {
	case "unknown", "unspecified", "reserved":
		return ""
	default:
		return s
	}
}

// ratio converts libav's rational.
func ratio(r astiav.Rational) rung.Rational {
	if r.Num() == 0 || r.Den() == 0 {
		return rung.Rational{}
	}
	return rung.R(int64(r.Num()), int64(r.Den()))
}

// avRatio converts to libav's rational.
func avRatio(r rung.Rational) astiav.Rational { return astiav.NewRational(int(r.Num), int(r.Den)) }
