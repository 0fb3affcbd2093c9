// SPDX-License-Identifier: GPL-3.0-or-later

package engine

/*
#cgo pkg-config: libavcodec libavutil libswscale
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include "block_cache.h"

static struct SwsContext *newScaler(int sw, int sh, int sf, int srange, int dw, int dh, int df, int drange, int flags) {
	struct SwsContext *c = sws_alloc_context();
	if (!c)
		return NULL;
	av_opt_set_int(c, "srcw", sw, 0);
	av_opt_set_int(c, "srch", sh, 0);
	av_opt_set_int(c, "src_format", sf, 0);
	av_opt_set_int(c, "src_range", srange, 0);
	av_opt_set_int(c, "dstw", dw, 0);
	av_opt_set_int(c, "dsth", dh, 0);
	av_opt_set_int(c, "dst_format", df, 0);
	av_opt_set_int(c, "dst_range", drange, 0);
	av_opt_set_int(c, "sws_flags", flags, 0);
	av_opt_set_int(c, "src_h_chr_pos", 0, 0);
	av_opt_set_int(c, "dst_h_chr_pos", 0, 0);
	av_opt_set_int(c, "src_v_chr_pos", 128, 0);
	av_opt_set_int(c, "dst_v_chr_pos", 128, 0);
	if (sws_init_context(c, NULL, NULL) < 0) {
		sws_freeContext(c);
		return NULL;
	}
	return c;
}

static void plainFrame(AVFrame *f, int64_t pts) {
	av_frame_side_data_free(&f->side_data, &f->nb_side_data);
	av_dict_free(&f->metadata);
	av_buffer_unref(&f->opaque_ref);
	f->flags = 0;
	f->repeat_pict = 0;
	f->pict_type = AV_PICTURE_TYPE_NONE;
	f->sample_aspect_ratio = (AVRational){1, 1};
	f->pts = pts;
	f->pkt_dts = AV_NOPTS_VALUE;
	f->duration = 1;
}

static int offsetQP(AVFrame *f, int num, int den) {
	AVFrameSideData *sd = av_frame_new_side_data(f, AV_FRAME_DATA_REGIONS_OF_INTEREST, sizeof(AVRegionOfInterest));
	if (!sd)
		return AVERROR(ENOMEM);
	*(AVRegionOfInterest *)sd->data = (AVRegionOfInterest){
		.self_size = sizeof(AVRegionOfInterest), .bottom = f->height, .right = f->width, .qoffset = {num, den},
	};
	return 0;
}
*/
import "C"

import (
	"unsafe"

	"github.com/asticode/go-astiav"

	"rung"
)

// This file holds the few things of libav that encoding needs and go-astiav does not offer.

// errNoMemory is AVERROR(ENOMEM).
const errNoMemory = astiav.Error(-C.ENOMEM)

// oneHeap has all threads allocate from one arena: encoders allocate next to nothing while they run, and each thread's own
// arena would keep a share of what it once held.
func oneHeap() { C.mallopt(C.M_ARENA_MAX, 1) }

// settleMemory says that a request has ended, to the cache of large blocks (block_cache.c).
func settleMemory() { C.block_cache_settle() }

// blockMemory is what the cache of large blocks has mapped, and how much of it is in use, in bytes.
func blockMemory() (mapped, used int64) {
	size := C.block_cache_measure()
	return int64(size.mapped), int64(size.mapped - size.idle)
}

// skipUnreferenced has a decoder pass over pictures that no other refers to, or decode all again.
func skipUnreferenced(cc *astiav.CodecContext, skip bool) {
	d := C.enum_AVDiscard(C.AVDISCARD_DEFAULT)
	if skip {
		d = C.AVDISCARD_NONREF
	}
	(*C.AVCodecContext)(cc.UnsafePointer()).skip_frame = d
}

// damaged reports whether a decoded frame has parts that the decoder had to conceal.
func damaged(f *astiav.Frame) bool {
	return (*C.AVFrame)(f.UnsafePointer()).decode_error_flags != 0
}

// swsContext is a libswscale context whose ranges and chroma positions are set, which go-astiav's cannot be.
type swsContext struct {
	c *C.struct_SwsContext
}

// newSws makes a context between two geometries; nil if libswscale cannot do it. 4:2:0 chroma is sited as MPEG-2 and its
// successors do: on the left, between the lines.
func newSws(src, dst geometry, flags int) *swsContext {
	c := C.newScaler(C.int(src.width), C.int(src.height), C.int(src.format), C.int(cBool(src.full)),
		C.int(dst.width), C.int(dst.height), C.int(dst.format), C.int(cBool(dst.full)), C.int(flags))
	if c == nil {
		return nil
	}
	return &swsContext{c: c}
}

// scale fills dst, whose buffers are there already, from src.
func (s *swsContext) scale(src, dst *astiav.Frame) error {
	if ret := C.sws_scale_frame(s.c, (*C.AVFrame)(dst.UnsafePointer()), (*C.AVFrame)(src.UnsafePointer())); ret < 0 {
		return astiav.Error(ret)
	}
	return nil
}

// Close releases the context.
func (s *swsContext) Close() {
	C.sws_freeContext(s.c)
	s.c = nil
}

func cBool(b bool) int {
	if b {
		return 1
	}
	return 0
}

// plainFrame takes from a frame what its source said of it, down to the pictures, and gives it a time stamp: an encoder
// would act on picture types, captions and aspect ratios that are the source's own.
func plainFrame(f *astiav.Frame, pts int64) {
	C.plainFrame((*C.AVFrame)(f.UnsafePointer()), C.int64_t(pts))
}

// offsetQP has libx264 code the whole of a picture with a quantiser (QP) that is this much higher, in tenths.
func offsetQP(f *astiav.Frame, tenths int) error {
	const highest = 51 // what libavcodec counts regions' offsets in parts of
	if ret := C.offsetQP((*C.AVFrame)(f.UnsafePointer()), C.int(tenths), 10*highest); ret < 0 {
		return astiav.Error(ret)
	}
	return nil
}

// reorderDepth is the number of pictures by which an opened encoder's decoding order departs from output order at most.
func reorderDepth(cc *astiav.CodecContext) int {
	return int((*C.AVCodecContext)(cc.UnsafePointer()).has_b_frames)
}

// setPacketTimeBase tells a decoder what its packets' time stamps count.
func setPacketTimeBase(cc *astiav.CodecContext, tb astiav.Rational) {
	(*C.AVCodecContext)(cc.UnsafePointer()).pkt_timebase = C.AVRational{num: C.int(tb.Num()), den: C.int(tb.Den())}
}

// floats gives n samples of channel i of a planar floating-point frame, in place.
func floats(f *astiav.Frame, i, n int) []float32 {
	c := (*C.AVFrame)(f.UnsafePointer())
	planes := unsafe.Slice(c.extended_data, i+1)
	return unsafe.Slice((*float32)(unsafe.Pointer(planes[i])), n)
}

// stride is the distance in bytes between lines of a frame's plane i.
func stride(f *astiav.Frame, i int) int {
	return int((*C.AVFrame)(f.UnsafePointer()).linesize[i])
}

// setColours gives an encoder the ladder's colour properties; names that libavutil does not know count as unspecified.
func setColours(cc *astiav.CodecContext, p rung.Picture) {
	primaries, transfer, matrix := colourCodes(p)
	c := (*C.AVCodecContext)(cc.UnsafePointer())
	c.color_primaries = uint32(primaries)
	c.color_trc = uint32(transfer)
	c.colorspace = uint32(matrix)
	c.color_range = C.AVCOL_RANGE_MPEG
	if fullRange(p) {
		c.color_range = C.AVCOL_RANGE_JPEG
	}
}

// colourCodes are a ladder's colour properties as code points of ITU-T H.273.
func colourCodes(p rung.Picture) (primaries, transfer, matrix uint16) {
	return colourCode(p.Primaries, func(s *C.char) C.int { return C.av_color_primaries_from_name(s) }),
		colourCode(p.Transfer, func(s *C.char) C.int { return C.av_color_transfer_from_name(s) }),
		colourCode(p.Matrix, func(s *C.char) C.int { return C.av_color_space_from_name(s) })
}

// colourCode is a name's code point, 2 (unspecified) where there is none.
func colourCode(name string, find func(*C.char) C.int) uint16 {
	const unspecified = 2
	if name == "" {
		return unspecified
	}
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	if code := find(s); code >= 0 {
		return uint16(code)
	}
	return unspecified
}
