package mpegts

import (
	"bytes"

	"github.com/bluenviron/mediacommon/v2/pkg/bits"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"rung"
)

// hevcParser finds pictures and random access points in HEVC (ISO/IEC 23008-2, 7.3). Only the base layer counts. In
// field_seq streams each field is a picture of its own and is counted as one.
type hevcParser struct {
	scan     unitScanner
	scratch  []byte
	lastSPS  []byte
	info     rung.VideoInfo
	known    bool
	c        content
	recovery int // recovery_poc_cnt plus 1 of the SEI before the next picture; 0: none
}

// The NAL unit types that are read (table 7-1).
const (
	hevcBLA       = 16 // BLA_W_LP, the first IRAP type
	hevcIRAPEnd   = 23 // RSV_IRAP_VCL23, the last
	hevcVCLEnd    = 31
	hevcSPS       = 33
	hevcPrefixSEI = 39
)

func (p *hevcParser) begin(bool)     { p.c = content{} }
func (p *hevcParser) write(b []byte) { p.scan.write(b, p) }

func (p *hevcParser) end() content {
	p.scan.finish(p)
	if p.c.frames == 0 && p.c.coded {
		p.c.frames = 1 // its first slice segment was lost
	}
	return p.c
}

func (p *hevcParser) reset() {
	p.scan.reset()
	p.recovery = 0
}

func (p *hevcParser) video() (rung.VideoInfo, bool) { return p.info, p.known }

func (p *hevcParser) want(first byte) int {
	switch kind := first >> 1 & 0x3f; {
	case kind <= hevcVCLEnd:
		return 3
	case kind == hevcSPS, kind == hevcPrefixSEI:
		return parameterHead
	}
	return 0
}

func (p *hevcParser) unit(head []byte) {
	if len(head) < 3 || head[0]&1 != 0 || head[1]>>3 != 0 { // nuh_layer_id
		return
	}
	switch kind := head[0] >> 1 & 0x3f; {
	case kind <= hevcVCLEnd:
		p.slice(kind, head[2]&0x80 != 0)
	case kind == hevcSPS:
		p.sequence(head)
	case kind == hevcPrefixSEI:
		p.scratch = unescape(p.scratch[:0], head[2:])
		if n, ok := recoveryPoint(p.scratch, bits.ReadGolombSigned); ok && n >= 0 && n < 1<<16 {
			p.recovery = int(n) + 1
		}
	}
}

// slice takes a slice segment; first tells whether it begins a picture.
func (p *hevcParser) slice(kind byte, first bool) {
	p.c.coded = true
	if !first {
		return
	}
	p.c.frames++
	if p.c.frames == 1 {
		p.c.random = kind >= hevcBLA && kind <= hevcIRAPEnd
		if !p.c.random && p.recovery > 1 {
			p.c.random, p.c.recovery = true, p.recovery-1
		}
	}
	p.recovery = 0
}

// sequence reads a sequence parameter set, if it differs from the last one.
func (p *hevcParser) sequence(head []byte) {
	if bytes.Equal(head, p.lastSPS) {
		return
	}
	p.lastSPS = append(p.lastSPS[:0], head...)
	var s h265.SPS
	if err := s.Unmarshal(head); err != nil {
		return
	}
	if info, ok := hevcInfo(&s); ok {
		p.info, p.known = info, true
	}
}
