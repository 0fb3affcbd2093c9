package mpegts

import "rung"

// audioFrame is what a coded frame's header says.
type audioFrame struct {
	size     int // in bytes, header included
	samples  int // per channel; 0: it adds to the frame before (a dependent substream)
	rate     int // in Hz; 0: this frame does not tell
	channels int // 0: this frame does not tell
	codec    string
}

// audioHeader reads a coded frame's header; false where b does not begin with one. b holds at least as many bytes as
// the format's header needs.
type audioHeader func(b []byte) (audioFrame, bool)

// audioHead is how many bytes of a frame are looked at.
const audioHead = 24

// audioParser counts the frames that begin in each PES packet.
type audioParser struct {
	read   audioHeader // nil: a codec that is not looked into
	need   int         // bytes that read needs
	head   [audioHead]byte
	n      int // bytes in head
	skip   int // bytes up to the next frame
	c      content
	latest audioFrame
	known  bool
}

// newAudioParser gives the parser of a codec.
func newAudioParser(codec string) *audioParser {
	switch codec {
	case "aac":
		return &audioParser{read: adtsHeader, need: 7}
	case "aac_latm":
		return &audioParser{read: latmHeader, need: audioHead}
	case "mp2", "mp3":
		return &audioParser{read: mpegAudioHeader, need: 5}
	case "ac3", "eac3":
		return &audioParser{read: ac3Header, need: 8}
	default:
		return &audioParser{}
	}
}

func (p *audioParser) begin(bool) { p.c = content{} }

func (p *audioParser) write(b []byte) {
	if p.read == nil {
		return
	}
	for len(b) > 0 {
		if p.skip > 0 {
			n := min(p.skip, len(b))
			p.skip -= n
			b = b[n:]
			continue
		}
		n := copy(p.head[p.n:p.need], b)
		p.n += n
		b = b[n:]
		for p.n == p.need && p.skip == 0 {
			p.frame()
		}
	}
}

// frame reads the header that has come together, and moves behind the frame; or by one byte where there is none.
func (p *audioParser) frame() {
	f, ok := p.read(p.head[:p.need])
	size := 1
	if ok {
		size = max(1, f.size)
		p.take(f)
	}
	used := min(size, p.n)
	p.n = copy(p.head[:], p.head[used:p.n])
	p.skip = size - used
}

func (p *audioParser) take(f audioFrame) {
	if f.samples == 0 {
		return
	}
	p.c.frames++
	if f.rate == 0 {
		f.rate, f.channels = p.latest.rate, p.latest.channels
	}
	p.latest = f
	p.known = f.rate > 0
}

func (p *audioParser) end() content { return p.c }

func (p *audioParser) reset() { p.n, p.skip = 0, 0 }

// audio describes the sound; ok is false until a frame has told.
func (p *audioParser) audio() (rung.AudioInfo, bool) {
	f := p.latest
	return rung.AudioInfo{Codec: f.codec, SampleRate: f.rate, Channels: f.channels, FrameSize: f.samples}, p.known
}
