package mpegts

import (
	"bytes"

	"github.com/bluenviron/mediacommon/v2/pkg/bits"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"rung"
)

// h264Parser finds pictures and random access points in H.264 (ISO/IEC 14496-10, annex B and 7.3).
type h264Parser struct {
	scan    unitScanner
	scratch []byte
	sps     [32]h264Sequence
	pps     [256]uint8 // sequence parameter set of each picture parameter set, plus 1
	lastSPS []byte
	info    rung.VideoInfo
	known   bool

	c    content
	hint bool // random access indicator of this PES packet
	next h264Prefix
	// strong: the stream marks its random access points by IDR, recovery point or indicator. Until it has done so, an I
	// picture behind parameter sets is taken for one.
	strong bool
	field  h264Field // a first field that waits for its second
}

// h264Prefix is what came before an access unit's first slice.
type h264Prefix struct {
	sps      bool
	recovery int // recovery_frame_cnt plus 1; 0: no recovery point SEI
}

// h264Sequence is what slice headers need of a sequence parameter set.
type h264Sequence struct {
	valid          bool
	frameNumBits   int
	frameOnly      bool
	separatePlanes bool
}

// h264Field identifies a field picture.
type h264Field struct {
	open     bool
	frameNum uint64
	bottom   bool
}

// The NAL unit types that are read (table 7-1), and how much of each.
const (
	h264Slice     = 1
	h264PartA     = 2
	h264IDR       = 5
	h264SEI       = 6
	h264SPS       = 7
	h264PPS       = 8
	sliceHead     = 24
	parameterHead = 512
)

func (p *h264Parser) begin(random bool) {
	p.c = content{}
	p.hint = random
}

func (p *h264Parser) write(b []byte) { p.scan.write(b, p) }

func (p *h264Parser) end() content {
	p.scan.finish(p) // the last slice may be shorter than a whole head
	if p.c.frames == 0 && p.c.coded && !p.c.second {
		p.c.frames = 1 // its first slice was lost
	}
	p.c.open = p.field.open
	return p.c
}

func (p *h264Parser) reset() {
	p.scan.reset()
	p.next, p.field = h264Prefix{}, h264Field{}
}

func (p *h264Parser) video() (rung.VideoInfo, bool) { return p.info, p.known }

func (p *h264Parser) want(first byte) int {
	switch first & 0x1f {
	case h264Slice, h264PartA, h264IDR:
		return sliceHead
	case h264SEI:
		return parameterHead
	case h264SPS:
		return parameterHead
	case h264PPS:
		return 16
	}
	return 0
}

func (p *h264Parser) unit(head []byte) {
	if len(head) < 2 {
		return
	}
	switch head[0] & 0x1f {
	case h264Slice, h264PartA, h264IDR:
		p.slice(head)
	case h264SEI:
		p.scratch = unescape(p.scratch[:0], head[1:])
		if n, ok := recoveryPoint(p.scratch, bits.ReadGolombUnsigned); ok && n < 1<<16 {
			p.next.recovery = int(n) + 1
		}
	case h264SPS:
		p.sequence(head)
	case h264PPS:
		p.parameters(head)
	}
}

// sequence reads a sequence parameter set, if it differs from the last one.
func (p *h264Parser) sequence(head []byte) {
	p.next.sps = true
	if bytes.Equal(head, p.lastSPS) {
		return
	}
	p.lastSPS = append(p.lastSPS[:0], head...)
	var s h264.SPS
	if err := s.Unmarshal(head); err != nil || s.ID > 31 || s.Log2MaxFrameNumMinus4 > 12 {
		return
	}
	p.sps[s.ID] = h264Sequence{
		valid: true, frameNumBits: int(s.Log2MaxFrameNumMinus4) + 4,
		frameOnly: s.FrameMbsOnlyFlag, separatePlanes: s.SeparateColourPlaneFlag,
	}
	if info, ok := h264Info(&s); ok {
		p.info, p.known = info, true
	}
}

// parameters notes which sequence parameter set a picture parameter set refers to.
func (p *h264Parser) parameters(head []byte) {
	p.scratch = unescape(p.scratch[:0], head[1:])
	pos := 0
	id, err := bits.ReadGolombUnsigned(p.scratch, &pos)
	if err != nil || id > 255 {
		return
	}
	sps, err := bits.ReadGolombUnsigned(p.scratch, &pos)
	if err != nil || sps > 31 {
		return
	}
	p.pps[id] = uint8(sps) + 1
}

// slice reads the beginning of a slice header (7.3.3). Only slices that begin a picture matter.
func (p *h264Parser) slice(head []byte) {
	p.scratch = unescape(p.scratch[:0], head[1:])
	b, pos := p.scratch, 0
	firstMB, err1 := bits.ReadGolombUnsigned(b, &pos)
	kind, err2 := bits.ReadGolombUnsigned(b, &pos)
	pps, err3 := bits.ReadGolombUnsigned(b, &pos)
	if err1 != nil || err2 != nil || err3 != nil || kind > 9 || pps > 255 {
		return
	}
	p.c.coded = true
	if firstMB != 0 {
		return
	}
	field, isField := p.fieldOf(b, pos, pps)
	prefix := p.next
	p.next = h264Prefix{}
	if isField && p.field.open && p.field.frameNum == field.frameNum && p.field.bottom != field.bottom {
		p.field = h264Field{}
		p.c.second = p.c.second || p.c.frames == 0
		return
	}
	p.field = field
	p.c.frames++
	if p.c.frames == 1 {
		p.c.random, p.c.recovery = p.randomAccess(head[0]&0x1f == h264IDR, kind%5 == 2 || kind%5 == 4, prefix)
	}
}

// fieldOf reads on in a slice header as far as it tells fields apart.
func (p *h264Parser) fieldOf(b []byte, pos int, pps uint32) (h264Field, bool) {
	if p.pps[pps] == 0 {
		return h264Field{}, false
	}
	s := &p.sps[p.pps[pps]-1]
	if !s.valid || s.frameOnly {
		return h264Field{}, false
	}
	if s.separatePlanes {
		pos += 2
	}
	frameNum, err1 := bits.ReadBits(b, &pos, s.frameNumBits)
	flags, err2 := bits.ReadBits(b, &pos, 2) // field_pic_flag, bottom_field_flag
	if err1 != nil || err2 != nil || flags&2 == 0 {
		return h264Field{}, false
	}
	return h264Field{open: true, frameNum: frameNum, bottom: flags&1 != 0}, true
}

// randomAccess tells whether decoding can begin with a picture, and how many frames later it is exact.
func (p *h264Parser) randomAccess(idr, intra bool, prefix h264Prefix) (bool, int) {
	switch {
	case idr:
		p.strong = true
		return true, 0
	case prefix.recovery > 1: // gradual refresh: the picture may be of any type
		p.strong = true
		return true, prefix.recovery - 1
	case intra && (prefix.recovery == 1 || p.hint && prefix.sps):
		p.strong = true
		return true, 0
	}
	return intra && prefix.sps && !p.strong, 0
}

// recoveryPoint looks for a recovery point message among the SEI messages of a NAL unit without emulation prevention
// and reads its count (H.264 D.1.8, H.265 D.2.8; both have payload type 6).
func recoveryPoint[T uint32 | int32](b []byte, read func([]byte, *int) (T, error)) (T, bool) {
	for len(b) >= 2 {
		kind, n, ok := seiHeader(b)
		if !ok {
			return 0, false
		}
		b = b[n.header:]
		if kind == 6 {
			pos := 0
			v, err := read(b, &pos)
			return v, err == nil
		}
		b = b[min(n.payload, len(b)):]
	}
	return 0, false
}

// seiSizes are the lengths of an SEI message's parts in bytes.
type seiSizes struct{ header, payload int }

// seiHeader reads payload type and size: sums of bytes of which all but the last are 255.
func seiHeader(b []byte) (kind int, n seiSizes, ok bool) {
	at := 0
	sum := func() (int, bool) {
		for v := 0; at < len(b); {
			c := b[at]
			at++
			v += int(c)
			if c != 0xff {
				return v, true
			}
		}
		return 0, false
	}
	kind, ok = sum()
	if !ok {
		return 0, n, false
	}
	n.payload, ok = sum()
	n.header = at
	return kind, n, ok
}

// unescape appends src to dst without its emulation prevention bytes (7.4.1).
func unescape(dst, src []byte) []byte {
	zeros := 0
	for _, c := range src {
		if c == 3 && zeros >= 2 {
			zeros = 0
			continue
		}
		if c == 0 {
			zeros++
		} else {
			zeros = 0
		}
		dst = append(dst, c)
	}
	return dst
}
