package mpegts

import "slices"

// Stream is one elementary stream of a program.
type Stream struct {
	PID       int
	Type      uint8  // stream_type of the PMT (ISO/IEC 13818-1, table 2-34)
	Codec     string // libavcodec's name: h264, hevc, mpeg2video, aac, mp2, ac3...; "" where it is not known
	Language  string // ISO 639-2, as in the stream; "" where it does not say
	Scrambled bool   // what came last of it was scrambled
}

// IsVideo reports whether the stream is pictures.
func (s Stream) IsVideo() bool {
	return slices.Contains([]string{"h264", "hevc", "vvc", "mpeg2video", "mpeg1video", "mpeg4", "vc1", "cavs", "av1",
		"dirac", "jpeg2000"}, s.Codec)
}

// IsAudio reports whether the stream is sound.
func (s Stream) IsAudio() bool {
	return slices.Contains([]string{"mp2", "mp3", "aac", "aac_latm", "ac3", "eac3", "ac4", "dts", "truehd", "opus",
		"s302m", "pcm_bluray"}, s.Codec)
}

// codecs by stream_type, where that alone says it.
var codecs = map[uint8]string{
	0x01: "mpeg1video", 0x02: "mpeg2video", 0x03: "mp2", 0x04: "mp2", 0x0f: "aac", 0x10: "mpeg4", 0x11: "aac_latm",
	0x15: "timed_id3", 0x1b: "h264", 0x1c: "aac", 0x21: "jpeg2000", 0x24: "hevc", 0x33: "vvc", 0x42: "cavs",
	0x81: "ac3", 0x86: "scte_35", 0x87: "eac3", 0xd1: "dirac", 0xea: "vc1",
}

// blurayCodecs are the user private stream types of programs registered as HDMV.
var blurayCodecs = map[uint8]string{
	0x80: "pcm_bluray", 0x81: "ac3", 0x82: "dts", 0x83: "truehd", 0x84: "eac3", 0x85: "dts", 0x86: "dts", 0x90: "hdmv_pgs_subtitle",
}

// registeredCodecs are by format_identifier of the stream's own registration descriptor.
var registeredCodecs = map[string]string{
	"AC-3": "ac3", "EAC3": "eac3", "HEVC": "hevc", "VC-1": "vc1", "AV01": "av1", "Opus": "opus", "BSSD": "s302m",
	"DTS1": "dts", "DTS2": "dts", "DTS3": "dts", "KLVA": "klv", "ID3 ": "timed_id3", "drac": "dirac", "AC-4": "ac4",
}

// codecOf tells a stream's codec from its type, its program's format_identifier and its descriptors.
func codecOf(streamType uint8, programFormat string, loop []byte) string {
	if programFormat == "HDMV" && blurayCodecs[streamType] != "" {
		return blurayCodecs[streamType]
	}
	if c := codecs[streamType]; c != "" {
		return c
	}
	if c := registeredCodecs[registration(loop)]; c != "" {
		return c
	}
	if streamType == 0x06 || streamType >= 0x80 {
		return privateCodec(loop)
	}
	return ""
}

// privateCodec tells the codec of PES private data by DVB's descriptors (ETSI EN 300 468, annex D and 6.2).
func privateCodec(loop []byte) string {
	for tag, body := range descriptors(loop) {
		switch tag {
		case descAC3:
			return "ac3"
		case descEAC3:
			return "eac3"
		case descDTS:
			return "dts"
		case descAAC:
			return "aac_latm"
		case descTeletext:
			return "dvb_teletext"
		case descSubtitling:
			return "dvb_subtitle"
		case descExtension:
			if len(body) > 0 && body[0] == 0x15 { // AC-4_descriptor
				return "ac4"
			}
		}
	}
	return ""
}
