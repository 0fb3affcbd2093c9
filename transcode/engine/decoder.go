// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"

	"github.com/asticode/go-astiav"

	"rung"
)

// decoder decodes one stream of one part. Errors in the stream are counted and passed over: libavcodec conceals what it
// can.
type decoder struct {
	cc     *astiav.CodecContext
	frame  *astiav.Frame
	errors int64
}

// newDecoder opens a decoder for a stream. name is the codec that the task says it is; it decides where the container does
// not know.
func newDecoder(st *astiav.Stream, name string) (*decoder, error) {
	codec := astiav.FindDecoder(st.CodecParameters().CodecID())
	if codec == nil {
		codec = astiav.FindDecoderByName(name)
	}
	if codec == nil {
		return nil, rung.Errorf(rung.CodeUnsupported, "the source must be in a codec that Rung decodes", "codec %q cannot be decoded", name)
	}
	d := &decoder{cc: astiav.AllocCodecContext(codec), frame: astiav.AllocFrame()}
	if err := d.open(codec, st); err != nil {
		d.Close()
		return nil, rung.Errorf(rung.CodeUnsupported, "", "codec %q cannot be decoded: %w", name, err)
	}
	return d, nil
}

func (d *decoder) open(codec *astiav.Codec, st *astiav.Stream) error {
	if err := d.cc.FromCodecParameters(st.CodecParameters()); err != nil {
		return err
	}
	setPacketTimeBase(d.cc, st.TimeBase())
	// Threads would cost more processor time, and their number would decide what is concealed and how.
	d.cc.SetThreadCount(1)
	// Samples that a container wants left out at its beginning are kept, so that every start gives the same samples.
	d.cc.SetFlags2(astiav.NewCodecContextFlags2(astiav.CodecFlag2SkipManual))
	d.cc.SetFlags(astiav.NewCodecContextFlags(astiav.CodecContextFlagBitexact))
	options := astiav.NewDictionary()
	defer options.Free()
	if name := codec.Name(); name == "ac3" || name == "eac3" {
		// The noise that fills empty bands is then a frame's own, not the decoder's whole past's.
		if err := options.Set("cons_noisegen", "1", 0); err != nil {
			return err
		}
	}
	return d.cc.Open(codec, options)
}

// Close releases the decoder.
func (d *decoder) Close() {
	d.frame.Free()
	d.cc.Free()
}

// maxErrors bounds the failures in a row for one packet: a decoder that gives nothing else is taken to be stuck.
const maxErrors = 64

// put decodes a packet, nil at the end, and gives emit each frame that comes out, to be used before it returns.
func (d *decoder) put(p *astiav.Packet, emit func(*astiav.Frame) error) error {
	if err := d.cc.SendPacket(p); err != nil && !errors.Is(err, astiav.ErrEof) {
		d.errors++
	}
	for failed := 0; failed < maxErrors; {
		err := d.cc.ReceiveFrame(d.frame)
		switch {
		case errors.Is(err, astiav.ErrEagain) || errors.Is(err, astiav.ErrEof):
			return nil
		case errors.Is(err, errNoMemory):
			return fmt.Errorf("engine: decoding: %w", err)
		case err != nil:
			failed++
			d.errors++
			continue
		}
		if damaged(d.frame) {
			d.errors++
		}
		err = emit(d.frame)
		d.frame.Unref()
		if err != nil {
			return err
		}
	}
	return nil
}
