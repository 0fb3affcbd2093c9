package bench

import (
	"time"

	"rung"
	"rung/internal/mpegts/mpegtest"
)

const (
	// controlPicture is how long a picture of a control stream lasts, and how often its packets come.
	controlPicture = 40 * time.Millisecond
	// controlGOP is from one random access point to the next, in pictures.
	controlGOP = 50
	// controlTables is from one PAT and PMT to the next, in pictures: less than the 0.5 s of ETSI TR 101 290, 1.3 and 1.5.
	controlTables = 10
	// controlStart is the first picture's time stamp, controlLead how far the PCR is before it, in 1/90000 s.
	controlStart = 90000
	controlLead  = 18000
)

// controlStream is a transport stream of next to nothing, about 0.1 Mbit/s: all that ingest looks at is right in it
// (tables, PCR, time stamps, access units, audio frames), and there is no picture or sound in it. So what is measured is
// the work for each channel and segment, and not the moving of bytes. Each unit is what comes with one picture.
type controlStream [][]byte

// newControlStream makes a stream of a length.
func newControlStream(length time.Duration) controlStream {
	var m mpegtest.Muxer
	units := make([]int, 0, length/controlPicture)
	sound := int64(controlStart)
	for i := range cap(units) {
		pts := controlStart + int64(i)*mpegtest.FrameTicks
		writeControlPicture(&m, i, pts)
		for ; sound < pts+mpegtest.FrameTicks; sound += mpegtest.SoundTicks {
			m.PES(mpegtest.ClipAudio, 0xc0, sound, sound, true, mpegtest.NoFields, controlSound())
		}
		units = append(units, len(m.Bytes()))
	}
	s, from := make(controlStream, len(units)), 0
	for i, end := range units {
		s[i], from = m.Bytes()[from:end:end], end
	}
	return s
}

// writeControlPicture writes a picture, and before some, also those that decoding can begin with, the tables.
func writeControlPicture(m *mpegtest.Muxer, i int, pts int64) {
	slice := mpegtest.H264Slice{Type: mpegtest.SliceP, FrameNum: uint32(i % controlGOP & 15), Size: 16}
	var unit []byte
	idr := i%controlGOP == 0
	if i%controlTables == 0 {
		p := mpegtest.Program{Number: mpegtest.ClipNumber, PMTPID: mpegtest.ClipPMT}
		m.PAT(0, p)
		m.PMT(p, 0, mpegtest.ClipVideo, mpegtest.Stream{PID: mpegtest.ClipVideo, Type: 0x1b}, mpegtest.Stream{PID: mpegtest.ClipAudio, Type: 3})
	}
	if idr {
		slice.Type, slice.IDR = mpegtest.SliceI, true
		unit = append(mpegtest.H264SPS(1920, 1088, 25, false), mpegtest.H264PPS()...)
	}
	m.PES(mpegtest.ClipVideo, 0xe0, pts, pts, false, mpegtest.Fields{PCR: (pts - controlLead) * 300, RandomAccess: idr}, append(unit, slice.NAL()...))
}

// controlSound is a frame of MPEG-1 layer II, 48 kHz mono at 32 kbit/s: 96 bytes.
func controlSound() []byte {
	frame := make([]byte, 96)
	copy(frame, []byte{0xff, 0xfd, 0x14, 0xc0})
	return frame
}

// ControlMedia is what a probe finds in a control stream.
func ControlMedia() rung.MediaInfo {
	tick := rung.R(1, 90000)
	return rung.MediaInfo{Format: "mpegts",
		Programs: []rung.Program{{Number: mpegtest.ClipNumber, PMTPID: mpegtest.ClipPMT, PCRPID: mpegtest.ClipVideo, Streams: []int{mpegtest.ClipVideo, mpegtest.ClipAudio}}},
		Video: []rung.VideoInfo{{Index: 0, PID: mpegtest.ClipVideo, Program: mpegtest.ClipNumber, Codec: "h264", Width: 1920, Height: 1080, SAR: rung.R(1, 1),
			FrameRate: rung.R(25, 1), PixFmt: "yuv420p", TimeBase: tick, StartTime: controlStart}},
		Audio: []rung.AudioInfo{{Index: 1, PID: mpegtest.ClipAudio, Program: mpegtest.ClipNumber, Codec: "mp2", SampleRate: 48000, Channels: 1, Layout: "mono",
			FrameSize: 1152, TimeBase: tick, StartTime: controlStart}},
	}
}
