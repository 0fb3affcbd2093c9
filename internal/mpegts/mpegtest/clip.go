package mpegtest

import "cmp"

// The PIDs of Clip's streams, and its program.
const (
	ClipPMT    = 0x100
	ClipVideo  = 0x101
	ClipAudio  = 0x102
	ClipNumber = 1
)

// Clip describes a small program of H.264 at 25 frames a second and MP2 sound, with closed GOPs, one PES packet to a
// picture, PCR with each picture and tables before each GOP.
type Clip struct {
	Frames    int
	GOP       int
	Start     int64 // PTS of the first picture, in 1/90000 s, before the wrap
	FrameSize int   // bytes in a picture
	NoAudio   bool

	Width, Height int  // in pixels, whole macroblocks; 0: 640x352
	Rate          int  // frames a second, a divisor of 90000; 0: 25
	Interlaced    bool // fields may be coded
	Mono          bool // sound of one channel
}

// ticks is a frame's duration in 1/90000 s.
func (c Clip) ticks() int64 { return 90000 / int64(cmp.Or(c.Rate, 25)) }

// FrameTicks is the duration of Clip's frames at 25 a second in 1/90000 s; SoundTicks that of its audio frames (1152 samples at 48 kHz).
const (
	FrameTicks = 3600
	SoundTicks = 2160
)

// clipDelay is from a picture's PCR to its decoding.
const clipDelay = 18000

// Write appends the clip.
func (c Clip) Write(m *Muxer) {
	sound := c.Start
	for i := range c.Frames {
		if i%c.GOP == 0 {
			c.tables(m)
		}
		dts := c.Start + int64(i)*c.ticks()
		idr := i%c.GOP == 0
		var au []byte
		if idr {
			au = append(H264SPS(cmp.Or(c.Width, 640), cmp.Or(c.Height, 352), cmp.Or(c.Rate, 25), c.Interlaced), H264PPS()...)
		}
		s := H264Slice{Type: SliceP, IDR: idr, Interlaced: c.Interlaced, FrameNum: uint32(i % c.GOP & 15), Size: c.FrameSize}
		if idr {
			s.Type = SliceI
		}
		au = append(au, s.NAL()...)
		pcr := (dts - clipDelay) * 300
		m.PES(ClipVideo, 0xe0, dts, dts, false, Fields{PCR: (pcr + 1<<33*300) % (1 << 33 * 300), RandomAccess: idr}, au)
		for !c.NoAudio && sound < dts+c.ticks() {
			frame := MP2Frame()
			if c.Mono {
				frame[3] |= 0xc0
			}
			m.PES(ClipAudio, 0xc0, sound, sound, true, NoFields, frame)
			sound += SoundTicks
		}
	}
}

func (c Clip) tables(m *Muxer) {
	p := Program{ClipNumber, ClipPMT}
	streams := []Stream{{PID: ClipVideo, Type: 0x1b}}
	if !c.NoAudio {
		streams = append(streams, Stream{PID: ClipAudio, Type: 3, Descriptors: Language("eng")})
	}
	m.PAT(0, p)
	m.PMT(p, 0, ClipVideo, streams...)
}

// Bytes is the clip alone.
func (c Clip) Bytes() []byte {
	var m Muxer
	c.Write(&m)
	return m.Bytes()
}

// MP2Frame is an audio frame of MPEG-1 layer II, 48 kHz stereo at 192 kbit/s: 576 bytes.
func MP2Frame() []byte {
	b := make([]byte, 576)
	copy(b, []byte{0xff, 0xfd, 0xa4, 0x00})
	for i := 4; i < len(b); i++ {
		b[i] = byte(i) & 0x7f
	}
	return b
}
