package mpegts

import (
	"encoding/binary"

	"rung"
)

// mpeg2Parser finds pictures and random access points in MPEG-2 and MPEG-1 video (ISO/IEC 13818-2, 6.2).
type mpeg2Parser struct {
	scan unitScanner
	c    content
	info rung.VideoInfo

	sequence bool // a sequence header came since the last picture
	header   bool // a picture header came; its coding extension has not
	intra    bool // of that picture
	field    byte // picture_structure of a first field that waits for its second; 0: none
}

// The start codes that are read (table 6-1), and the extensions (table 6-2).
const (
	mpeg2Picture   = 0x00
	mpeg2SliceMin  = 0x01
	mpeg2SliceMax  = 0xaf
	mpeg2Sequence  = 0xb3
	mpeg2Extension = 0xb5

	extSequence = 1
	extDisplay  = 2
	extPicture  = 8
)

const (
	structureFrame = 3 // picture_structure: 1 top field, 2 bottom field
	codingIntra    = 1 // picture_coding_type
)

func (p *mpeg2Parser) begin(bool)     { p.c = content{} }
func (p *mpeg2Parser) write(b []byte) { p.scan.write(b, p) }

func (p *mpeg2Parser) end() content {
	p.scan.finish(p)
	p.close(structureFrame)
	if p.c.frames == 0 && p.c.coded && !p.c.second {
		p.c.frames = 1 // its header was lost
	}
	p.c.open = p.field != 0
	return p.c
}

func (p *mpeg2Parser) reset() {
	p.scan.reset()
	p.sequence, p.header, p.field = false, false, 0
}

func (p *mpeg2Parser) video() (rung.VideoInfo, bool) {
	return p.info, p.info.Width > 0 && p.info.Height > 0
}

func (p *mpeg2Parser) want(first byte) int {
	switch {
	case first == mpeg2Picture:
		return 3
	case first == mpeg2SliceMin:
		return 1
	case first == mpeg2Sequence:
		return 8
	case first == mpeg2Extension:
		return 8
	}
	return 0
}

func (p *mpeg2Parser) unit(head []byte) {
	switch {
	case head[0] == mpeg2SliceMin:
		p.close(structureFrame) // MPEG-1 pictures have no extension
		p.c.coded = true
	case head[0] == mpeg2Picture && len(head) >= 3:
		p.close(structureFrame)
		p.header, p.intra = true, head[2]>>3&7 == codingIntra
	case head[0] == mpeg2Sequence && len(head) >= 8:
		p.sequence = true
		p.sequenceHeader(head[1:])
	case head[0] == mpeg2Extension && len(head) >= 6:
		p.extension(head[1:])
	}
}

// close counts the picture whose header came, now that its structure is known.
func (p *mpeg2Parser) close(structure byte) {
	if !p.header {
		return
	}
	p.header = false
	random := p.intra && p.sequence
	p.sequence = false
	if structure != structureFrame && p.field != 0 && p.field != structure {
		p.field = 0
		p.c.second = p.c.second || p.c.frames == 0
		return
	}
	p.field = 0
	if structure != structureFrame {
		p.field = structure
	}
	p.c.frames++
	if p.c.frames == 1 {
		p.c.random = random
	}
}

// sequenceHeader reads size, aspect ratio and rate (6.2.2.1).
func (p *mpeg2Parser) sequenceHeader(b []byte) {
	v := binary.BigEndian.Uint32(b)
	w, h := int(v>>20), int(v>>8&0xfff)
	if w == p.info.Width && h == p.info.Height && !p.info.FrameRate.IsZero() {
		return
	}
	p.info = rung.VideoInfo{Width: w, Height: h, PixFmt: "yuv420p", FrameRate: mpeg2Rates[v&0xf]}
	p.info.SAR = mpeg2SAR(v>>4&0xf, w, h)
	p.info.BitRate = (int64(b[4])<<10 | int64(b[5])<<2 | int64(b[6])>>6) * 400
}

// extension reads the extensions that matter.
func (p *mpeg2Parser) extension(b []byte) {
	switch b[0] >> 4 {
	case extSequence:
		p.info.Interlaced = b[1]&0x08 == 0 // progressive_sequence
		if b[1]>>1&3 == 2 {
			p.info.PixFmt = "yuv422p"
		}
	case extDisplay:
		if b[0]&1 != 0 && len(b) >= 4 { // colour_description
			p.info.Primaries, p.info.Transfer, p.info.Matrix = colourNames(b[1], b[2], b[3])
		}
	case extPicture:
		structure := b[2] & 3
		if p.header && structure == structureFrame && p.info.Interlaced {
			p.info.TopFirst = b[3]&0x80 != 0
		}
		if p.header && structure != structureFrame && p.field == 0 {
			p.info.TopFirst = structure == 1
		}
		p.close(structure)
	}
}

// mpeg2Rates are the frame rates by frame_rate_code (table 6-4).
var mpeg2Rates = [16]rung.Rational{
	1: {Num: 24000, Den: 1001}, 2: {Num: 24, Den: 1}, 3: {Num: 25, Den: 1}, 4: {Num: 30000, Den: 1001},
	5: {Num: 30, Den: 1}, 6: {Num: 50, Den: 1}, 7: {Num: 60000, Den: 1001}, 8: {Num: 60, Den: 1},
}

// mpeg2SAR is the sample aspect ratio by aspect_ratio_information (table 6-3), which gives the picture's.
func mpeg2SAR(code uint32, w, h int) rung.Rational {
	display := map[uint32]rung.Rational{2: {Num: 4, Den: 3}, 3: {Num: 16, Den: 9}, 4: {Num: 221, Den: 100}}[code]
	if display.IsZero() || w == 0 || h == 0 {
		return rung.Rational{Num: 1, Den: 1}
	}
	return rung.R(display.Num*int64(h), display.Den*int64(w))
}
