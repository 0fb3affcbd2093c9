package mpegts

import (
	"encoding/binary"

	"github.com/bluenviron/mediacommon/v2/pkg/bits"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg1audio"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
)

// aacRates by sampling_frequency_index (ISO/IEC 14496-3, table 1.18).
var aacRates = [16]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// adtsHeader reads an ADTS header (ISO/IEC 13818-7, 6.2). Where spectral band replication is signalled inside the frame
// only, the rate is the core's: half of what a decoder puts out.
func adtsHeader(b []byte) (audioFrame, bool) {
	if b[0] != 0xff || b[1]&0xf6 != 0xf0 {
		return audioFrame{}, false
	}
	f := audioFrame{
		codec: "aac", size: int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5]>>5), rate: aacRates[b[2]>>2&0xf],
		samples: 1024 * (int(b[6]&3) + 1), channels: aacChannels(b[2]&1<<2 | b[3]>>6),
	}
	return f, f.rate > 0 && f.size >= 7
}

// aacChannels by channel_configuration (table 1.19); 0 is told in the frame.
func aacChannels(configuration byte) int {
	if configuration == 7 {
		return 8
	}
	return int(configuration)
}

// latmHeader reads an AudioSyncStream's header and, where it is there, the stream's configuration (ISO/IEC 14496-3, 1.7).
func latmHeader(b []byte) (audioFrame, bool) {
	if v := binary.BigEndian.Uint16(b); v>>5 != 0x2b7 {
		return audioFrame{}, false
	}
	f := audioFrame{codec: "aac_latm", size: 3 + int(b[1]&0x1f)<<8 + int(b[2]), samples: 1024}
	if f.size == 3 {
		return f, false
	}
	b = b[3:]
	if len(b) < 4 || b[0]&0xc0 != 0 { // useSameStreamMux, or audioMuxVersion 1
		return f, true
	}
	pos := 15 // those two, allStreamsSameTimeFraming, numSubFrames, numProgram, numLayer
	var c mpeg4audio.AudioSpecificConfig
	//lint:ignore SA1019 the configuration begins in mid-byte here, and its successor reads whole bytes only
	if err := c.UnmarshalFromPos(b, &pos); err == nil {
		//lint:ignore SA1019 its successor is an enumeration; a figure for display needs the count
		f.rate, f.channels = c.SampleRate, c.ChannelCount
		if c.ExtensionSampleRate > c.SampleRate {
			f.rate = c.ExtensionSampleRate
			f.samples = 1024 * c.ExtensionSampleRate / c.SampleRate
		}
	}
	return f, true
}

// mpegAudioHeader reads a frame header of layers II and III (ISO/IEC 11172-3, 2.4.1.3; ISO/IEC 13818-3).
func mpegAudioHeader(b []byte) (audioFrame, bool) {
	if b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return audioFrame{}, false
	}
	var h mpeg1audio.FrameHeader
	if err := h.Unmarshal(b); err != nil || h.SampleRate == 0 || h.FrameLen() < 4 {
		return audioFrame{}, false
	}
	f := audioFrame{codec: "mp2", size: h.FrameLen(), samples: h.SampleCount(), rate: h.SampleRate, channels: 2}
	if h.Layer == 3 {
		f.codec = "mp3"
	}
	if h.ChannelMode == mpeg1audio.ChannelModeMono {
		f.channels = 1
	}
	return f, true
}

// ac3Rates by fscod, ac3BitRates in kbit/s by frmsizecod/2, ac3Channels by acmod (ETSI TS 102 366, 4.4).
var (
	ac3Rates    = [3]int{48000, 44100, 32000}
	ac3BitRates = [19]int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640}
	ac3Channels = [8]int{2, 1, 2, 3, 3, 4, 4, 5}
)

// ac3Header reads an AC-3 or Enhanced AC-3 syncframe's header; bsid tells them apart (ETSI TS 102 366, annex E).
func ac3Header(b []byte) (audioFrame, bool) {
	if b[0] != 0x0b || b[1] != 0x77 {
		return audioFrame{}, false
	}
	if bsid := b[5] >> 3; bsid > 10 {
		return eac3Header(b)
	}
	rate, size := b[4]>>6, int(b[4]&0x3f)
	if rate == 3 || size/2 >= len(ac3BitRates) {
		return audioFrame{}, false
	}
	f := audioFrame{codec: "ac3", samples: 1536, rate: ac3Rates[rate]}
	f.size = 192000 * ac3BitRates[size/2] / f.rate // 1536 samples at that bit rate, in bytes
	if f.rate == 44100 {
		f.size = (1536*1000*ac3BitRates[size/2]/8/44100/2 + size&1) * 2
	}
	pos := 48
	mode := bits.ReadBitsUnsafe(b, &pos, 3)
	if mode&1 != 0 && mode != 1 {
		pos += 2 // cmixlev
	}
	if mode&4 != 0 {
		pos += 2 // surmixlev
	}
	if mode == 2 {
		pos += 2 // dsurmod
	}
	f.channels = ac3Channels[mode] + int(bits.ReadBitsUnsafe(b, &pos, 1)) // lfeon
	return f, true
}

// eac3Header reads an Enhanced AC-3 syncframe's header (E.1.2.2). Dependent substreams and further independent ones
// belong to the frame before: they count no samples.
func eac3Header(b []byte) (audioFrame, bool) {
	f := audioFrame{codec: "eac3", size: 2 * ((int(b[2]&7)<<8 | int(b[3])) + 1)}
	kind, substream := b[2]>>6, b[2]>>3&7
	if kind == 3 || b[5]>>3 > 16 {
		return audioFrame{}, false
	}
	blocks := [4]int{1, 2, 3, 6}[b[4]>>4&3]
	switch code := b[4] >> 6; {
	case code < 3:
		f.rate = ac3Rates[code]
	case b[4]>>4&3 < 3:
		f.rate, blocks = ac3Rates[b[4]>>4&3]/2, 6
	default:
		return audioFrame{}, false
	}
	f.channels = ac3Channels[b[4]>>1&7] + int(b[4]&1)
	if kind != 1 && substream == 0 {
		f.samples = 256 * blocks
	}
	return f, true
}
