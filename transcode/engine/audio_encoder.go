// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/asticode/go-astiav"

	"rung"
)

// startingQuality is where the encoder's rate control begins (its lambda; 120 is its own). That remembers for seconds: from
// 120 it had not got to the quality of one continuous encode after the lead-in, and music was 0.9 dB worse around joins.
// From here it gets there from above (docs/joins.md).
const startingQuality = "500"

// edgeRate is what the coded frames around a join get of the rate that a rendition asks for, in percent. The rate control of
// two encodes that began at different places differs by some decibels here and there; with so much more no join is below
// what one continuous encode has there (docs/joins.md).
const edgeRate = 140

// The frames around a join that get edgeRate: in segments of 3.84 s, 7 of 180.
const (
	edgeBefore = 4
	edgeBehind = 3
)

// audioEncoder encodes one soundtrack to AAC-LC.
type audioEncoder struct {
	track  *soundtrack
	cc     *astiav.CodecContext
	packet *astiav.Packet
	units  []accessUnit
}

// encodedAudio is a soundtrack's coded frames and what a decoder needs to know of them.
type encodedAudio struct {
	config  []byte // AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1
	units   []accessUnit
	silence int64 // samples without source
}

// encodeAudio encodes a soundtrack. The encoder is fed the lead-in before the interval and the follow-on behind it; only
// the interval's own frames are kept.
func encodeAudio(track *soundtrack) (encodedAudio, error) {
	planes, silence, err := track.samples()
	if err != nil {
		return encodedAudio{}, err
	}
	e := &audioEncoder{track: track, packet: astiav.AllocPacket()}
	defer e.Close()
	if err := e.open(); err != nil {
		return encodedAudio{}, err
	}
	for at := 0; at < len(planes[0]); at += rung.AudioFrame {
		if err := e.put(planes, at); err != nil {
			return encodedAudio{}, err
		}
	}
	if err := e.send(nil); err != nil {
		return encodedAudio{}, err
	}
	if n := int64(len(e.units)); n != track.interval.AudioFrames {
		return encodedAudio{}, rung.Errorf(rung.CodeInternal, "", "audio rendition %q: %d coded frames, not %d", track.rendition.ID, n, track.interval.AudioFrames)
	}
	return encodedAudio{config: e.cc.ExtraData(), units: e.units, silence: silence}, nil
}

func (e *audioEncoder) open() error {
	r := e.track.rendition
	codec := astiav.FindEncoderByName(r.Codec)
	if codec == nil || r.Codec != "aac" {
		return rung.Errorf(rung.CodeUnsupported, "use aac", "audio rendition %q: codec %q is not supported", r.ID, r.Codec)
	}
	e.cc = astiav.AllocCodecContext(codec)
	e.cc.SetSampleRate(rung.AudioRate)
	e.cc.SetSampleFormat(astiav.SampleFormatFltp)
	e.cc.SetChannelLayout(e.track.layout)
	e.cc.SetTimeBase(astiav.NewRational(1, rung.AudioRate))
	e.cc.SetThreadCount(1)
	return openEncoder(e.cc, codec, "audio rendition "+strconv.Quote(r.ID), [][2]string{
		{"b", strconv.FormatInt(r.BitRate, 10)},
		{"global_quality", startingQuality},
		{"aac_coder", "fast"},                // docs/decisions/0008: the default one breaks a tone beside a transient
		{"flags", "+global_header+bitexact"}, // bitexact: no encoder's name in the first frame
	})
}

// Close releases the encoder.
func (e *audioEncoder) Close() {
	if e.cc != nil {
		e.cc.Free()
	}
	e.packet.Free()
}

// put feeds the coded frame's worth of samples at index at of planes.
func (e *audioEncoder) put(planes [][]float32, at int) error {
	f, err := newSoundFrame(e.track.layout, rung.AudioRate, rung.AudioFrame)
	if err != nil {
		return err
	}
	defer f.Free()
	for c, p := range planes {
		copy(floats(f, c, rung.AudioFrame), p[at:])
	}
	f.SetPts(e.track.begin0 + int64(at))
	e.cc.SetBitRate(e.bitRate(floorDiv(f.Pts(), rung.AudioFrame)))
	return e.send(f)
}

// bitRate is what the rate control is to aim at in coded frame n.
func (e *audioEncoder) bitRate(n int64) int64 {
	r := e.track.rendition.BitRate
	for _, join := range []int64{e.track.interval.AudioFirst, e.track.interval.AudioEnd()} {
		if join-edgeBefore <= n && n < join+edgeBehind {
			return r * edgeRate / 100
		}
	}
	return r
}

// send gives the encoder a frame, nil at the end, and keeps the packets of the interval. The encoder's delay of one frame
// is in its time stamps: the packet of time t is decoded to the samples from t on.
func (e *audioEncoder) send(f *astiav.Frame) error {
	if err := e.cc.SendFrame(f); err != nil {
		return fmt.Errorf("engine: encoding audio rendition %q: %w", e.track.rendition.ID, err)
	}
	for {
		err := e.cc.ReceivePacket(e.packet)
		if errors.Is(err, astiav.ErrEagain) || errors.Is(err, astiav.ErrEof) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("engine: encoding audio rendition %q: %w", e.track.rendition.ID, err)
		}
		n := floorDiv(e.packet.Pts(), rung.AudioFrame)
		if n >= e.track.interval.AudioFirst && n < e.track.interval.AudioEnd() {
			e.units = append(e.units, accessUnit{data: e.packet.Data(), pts: n, key: true})
		}
		e.packet.Unref()
	}
}
