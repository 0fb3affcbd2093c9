package mpegtest

// Slice types (H.264, table 7-6).
const (
	SliceP = 0
	SliceB = 1
	SliceI = 2
)

// H264SPS is a sequence parameter set of Main profile: size in pixels (whole macroblocks), frames a second, and whether
// fields may be coded.
func H264SPS(width, height, rate int, interlaced bool) []byte {
	var w bitWriter
	w.bits(77, 8)
	w.bits(0, 8)
	w.bits(40, 8)
	w.ue(0) // id
	w.ue(0) // frame_num has 4 bits
	w.ue(2) // pic_order_cnt_type
	w.ue(4)
	w.bits(0, 1)
	w.ue(uint32(width/16 - 1))
	if interlaced {
		w.ue(uint32(height/32 - 1))
		w.bits(0, 2) // frame_mbs_only_flag, mb_adaptive_frame_field_flag
	} else {
		w.ue(uint32(height/16 - 1))
		w.bits(1, 1)
	}
	w.bits(1, 1) // direct_8x8_inference_flag
	w.bits(0, 1) // no cropping
	w.bits(1, 1) // VUI
	w.bits(0, 4) // aspect, overscan, signal type, chroma location
	w.bits(1, 1) // timing
	w.bits(1, 32)
	w.bits(uint32(2*rate), 32)
	w.bits(1, 1)
	w.bits(0, 4) // HRDs, pic_struct, restriction
	return w.nal(0x67)
}

// H264PPS is a picture parameter set of sequence 0.
func H264PPS() []byte {
	var w bitWriter
	w.ue(0)
	w.ue(0)
	w.bits(0, 2)
	return w.nal(0x68)
}

// H264Recovery is a recovery point SEI.
func H264Recovery(frames int) []byte {
	var p bitWriter
	p.ue(uint32(frames))
	p.bits(0b1000, 4)
	p.bits(1, 1)
	var w bitWriter
	w.bits(5, 8) // another message before it: unregistered user data
	w.bits(17, 8)
	for range 17 {
		w.bits(0, 8)
	}
	w.bits(6, 8)
	w.bits(uint32(len(p.buf)), 8)
	for _, b := range p.buf {
		w.bits(uint32(b), 8)
	}
	return w.nal(0x06)
}

// H264Slice describes a slice, which H264Slice.NAL writes with some content.
type H264Slice struct {
	Type       uint32
	IDR        bool
	FirstMB    uint32
	Interlaced bool // the sequence may have fields
	FrameNum   uint32
	Field      bool
	Bottom     bool
	Size       int // bytes of content
}

// NAL is the slice's NAL unit.
func (s H264Slice) NAL() []byte {
	var w bitWriter
	w.ue(s.FirstMB)
	w.ue(s.Type)
	w.ue(0)
	w.bits(s.FrameNum, 4)
	if s.Interlaced {
		w.bits(flag(s.Field), 1)
		if s.Field {
			w.bits(flag(s.Bottom), 1)
		}
	}
	for i := range s.Size {
		w.bits(uint32(i*7)&0xff, 8)
	}
	if s.IDR {
		return w.nal(0x65)
	}
	return w.nal(0x41)
}

func flag(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// HEVCSlice is the first slice segment of a picture with a NAL unit type, or a further one.
func HEVCSlice(kind byte, first bool, size int) []byte {
	var w bitWriter
	w.bits(flag(first), 1)
	for i := range size {
		w.bits(uint32(i*5)&0xff, 8)
	}
	return w.nal(kind<<1, 1)
}

// MPEG2 picture coding types and structures (ISO/IEC 13818-2, tables 6-12 and 6-14).
const (
	MPEG2I     = 1
	MPEG2P     = 2
	MPEG2B     = 3
	MPEG2Top   = 1
	MPEG2Bot   = 2
	MPEG2Frame = 3
)

// MPEG2Sequence is a sequence header with its extension: interlaced, 4:3, 25 frames a second.
func MPEG2Sequence(width, height int) []byte {
	b := []byte{0, 0, 1, 0xb3, byte(width >> 4), byte(width<<4) | byte(height>>8), byte(height), 0x23, 0x0a, 0x8c, 0x20, 0}
	return append(b, 0, 0, 1, 0xb5, 0x14, 0x82, 0, 1, 0, 0)
}

// MPEG2Picture is a picture header, its coding extension and a slice.
func MPEG2Picture(kind, structure byte, size int) []byte {
	b := []byte{0, 0, 1, 0, 0, kind<<3 | 7, 0xff, 0xf8}
	b = append(b, 0, 0, 1, 0xb5, 0x8f, 0xff, 0xf0|structure, 0x80, 0)
	b = append(b, 0, 0, 1, 1)
	for i := range size {
		b = append(b, byte(i%200)+20)
	}
	return b
}
