package mpegts

import "rung"

// content is what a parser found in one PES packet.
type content struct {
	frames   int  // coded frames that begin in it
	second   bool // it begins with the second field of the frame before
	open     bool // its last frame is a first field whose second has not come
	random   bool // decoding can begin with its first frame
	recovery int  // frames until pictures are exact
	coded    bool // picture data, even if no picture begins
}

// contentParser looks into an elementary stream, PES packet by PES packet.
type contentParser interface {
	begin(random bool) // a PES packet begins, with or without a random access indicator
	write(p []byte)    // a piece of its payload
	end() content      // it is over
	reset()            // bytes were lost
}

// videoParser is a contentParser that knows its pictures' format; ok is false until it does.
type videoParser interface {
	contentParser
	video() (info rung.VideoInfo, ok bool)
}

// Readable reports whether pictures of a video codec are understood. Others' random access points are found only where
// the multiplexer marks them.
func Readable(codec string) bool {
	_, opaque := newVideoParser(codec).(*opaqueParser)
	return !opaque
}

// newVideoParser gives the parser of a codec.
func newVideoParser(codec string) videoParser {
	switch codec {
	case "h264":
		return &h264Parser{}
	case "hevc":
		return &hevcParser{}
	case "mpeg2video", "mpeg1video":
		return &mpeg2Parser{}
	default:
		return &opaqueParser{}
	}
}

// opaqueParser takes each PES packet for one picture and trusts the random access indicator.
type opaqueParser struct{ c content }

func (o *opaqueParser) begin(random bool)             { o.c = content{frames: 1, random: random, coded: true} }
func (o *opaqueParser) write([]byte)                  {}
func (o *opaqueParser) end() content                  { return o.c }
func (o *opaqueParser) reset()                        {}
func (o *opaqueParser) video() (rung.VideoInfo, bool) { return rung.VideoInfo{}, false }
