// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
)

const (
	// observedPictures are decoded of each video stream: 24 steps from one to the next, which is a whole number of
	// pulldown cycles (4 pictures) and enough to tell 24 from 23.976 on a 90 kHz clock.
	observedPictures = 25
	// observedFrames are decoded of each audio stream: the first may be cut short for the encoder's delay.
	observedFrames = 4
)

// observer decodes the beginning of one stream and remembers what it saw.
type observer struct {
	stream  *astiav.Stream
	decoder *astiav.CodecContext // nil: there is none, or it would not open
	frame   *astiav.Frame

	pts  []int64 // of pictures in output order, in the stream's time base
	scan []scan

	width, height int
	pixFmt        string

	frames     int // of audio
	samples    int // in the longest of them
	sampleRate int
	layout     astiav.ChannelLayout

	bytes            int64
	firstDTS, endDTS int64
}

// newObserver prepares to decode st. A stream that cannot be decoded is observed by its packets only.
func newObserver(st *astiav.Stream) *observer {
	o := &observer{stream: st, frame: astiav.AllocFrame(), firstDTS: noPTS}
	codec := astiav.FindDecoder(st.CodecParameters().CodecID())
	if codec == nil {
		return o
	}
	o.decoder = astiav.AllocCodecContext(codec)
	o.decoder.SetThreadCount(1)
	err := o.decoder.FromCodecParameters(st.CodecParameters())
	if err == nil {
		err = o.decoder.Open(codec, nil)
	}
	if err != nil {
		o.decoder.Free()
		o.decoder = nil
	}
	return o
}

// Close releases the decoder.
func (o *observer) Close() {
	if o.decoder != nil {
		o.decoder.Free()
	}
	o.frame.Free()
}

func (o *observer) isVideo() bool {
	return o.stream.CodecParameters().MediaType() == astiav.MediaTypeVideo
}

// satisfied reports whether nothing more is to be learnt.
func (o *observer) satisfied() bool {
	switch {
	case o.decoder == nil:
		return true
	case o.isVideo():
		return len(o.pts) >= observedPictures
	default:
		return o.frames >= observedFrames
	}
}

// take sees one packet; nil is the end of the stream. What cannot be decoded is passed over: a stream may begin in the
// middle of anything.
func (o *observer) take(p *astiav.Packet) {
	if p != nil {
		o.count(p)
	}
	if o.satisfied() || o.decoder.SendPacket(p) != nil {
		return
	}
	for o.decoder.ReceiveFrame(o.frame) == nil {
		if o.isVideo() {
			o.seePicture()
		} else {
			o.hearFrame()
		}
		o.frame.Unref()
	}
}

// count adds a packet to the bit rate.
func (o *observer) count(p *astiav.Packet) {
	if p.Dts() == noPTS {
		return
	}
	if o.firstDTS == noPTS {
		o.firstDTS = p.Dts()
	}
	o.bytes += int64(p.Size())
	o.endDTS = max(o.endDTS, p.Dts()+p.Duration())
}

func (o *observer) seePicture() {
	o.width, o.height, o.pixFmt = o.frame.Width(), o.frame.Height(), o.frame.PixelFormat().Name()
	o.pts = append(o.pts, bestEffortPTS(o.frame))
	o.scan = append(o.scan, scanOf(o.frame))
}

func (o *observer) hearFrame() {
	o.frames++
	o.samples = max(o.samples, o.frame.NbSamples())
	o.sampleRate = o.frame.SampleRate()
	o.layout = o.frame.ChannelLayout()
}

// forget drops what was decoded, where it is known to be noise: an encrypted stream's.
func (o *observer) forget() {
	if o != nil {
		o.pts, o.scan, o.width = nil, nil, 0
		o.frames, o.samples, o.sampleRate = 0, 0, 0
	}
}

// interlaced reports whether most pictures are flagged so.
func (o *observer) interlaced() bool {
	n := 0
	for _, s := range o.scan {
		if s.interlaced {
			n++
		}
	}
	return 2*n > len(o.scan)
}

// topFirst reports whether most interlaced pictures begin with their top field.
func (o *observer) topFirst() bool {
	n, top := 0, 0
	for _, s := range o.scan {
		if s.interlaced {
			n++
			if s.topFirst {
				top++
			}
		}
	}
	return o.interlaced() && 2*top > n
}

// pulldown reports whether the pictures are flagged as film is: every other one, over all, for a field more.
func (o *observer) pulldown() bool {
	n := 0
	for _, s := range o.scan {
		if s.repeat == 1 {
			n++
		}
	}
	return 5*n > 2*len(o.scan) && 5*n < 3*len(o.scan)
}

// frameRate is the rate of frames.
func (o *observer) frameRate() rung.Rational {
	tb := ratio(o.stream.TimeBase())
	declared := []rung.Rational{ratio(o.stream.AvgFrameRate()), ratio(o.stream.RFrameRate())}
	return frameRate(o.pts, tb, declared)
}

// bitRate is what the stream declares, else what it was seen to take if that was for half a second or more.
func (o *observer) bitRate() int64 {
	if declared := o.stream.CodecParameters().BitRate(); declared > 0 {
		return declared
	}
	micros := rung.Rescale(o.endDTS-o.firstDTS, ratio(o.stream.TimeBase()), rung.R(1, 1_000_000))
	if o.firstDTS == noPTS || micros < 500_000 {
		return 0
	}
	return o.bytes * 8 * 1_000_000 / micros
}

// frameSize is the number of samples in each coded frame, counted at the decoded rate (an HE-AAC frame has 2048); 0 for
// codecs in which it varies.
func (o *observer) frameSize() int {
	nominal, fixed := fixedFrameSizes[o.stream.CodecParameters().CodecID()]
	if fixed && o.samples > 0 {
		return o.samples
	}
	return nominal
}

// fixedFrameSizes are the audio codecs whose frames all have one number of samples, with the usual one, for streams that
// were not decoded.
var fixedFrameSizes = map[astiav.CodecID]int{
	astiav.CodecIDAac:     1024, // ISO/IEC 14496-3
	astiav.CodecIDAacLatm: 1024,
	astiav.CodecIDMp1:     384, // ISO/IEC 11172-3
	astiav.CodecIDMp2:     1152,
	astiav.CodecIDMp3:     1152,
	astiav.CodecIDAc3:     1536, // ETSI TS 102 366
	astiav.CodecIDEac3:    1536,
	astiav.CodecIDDts:     512, // ETSI TS 102 114
}
