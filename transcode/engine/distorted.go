// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"io"

	"github.com/asticode/go-astiav"

	"rung"
)

// distorted decodes what a rendition came out as, picture by picture in the order of display.
type distorted struct {
	id      string
	source  *source
	stream  *astiav.Stream
	decoder *decoder
	scaler  *scaler
	packet  *astiav.Packet
	waiting []*astiav.Frame // decoded, not taken yet
	ended   bool
	taken   int64
}

// newDistorted opens the request's input of that number, which has the rendition's coded pictures.
func newDistorted(rio requestIO, number int, size int64, format *astiav.InputFormat, r rung.VideoRendition) (*distorted, error) {
	in, err := newInput(rio, number, size, nil)
	if err != nil {
		return nil, err
	}
	d := &distorted{
		id:     r.ID,
		source: &source{in: in},
		packet: astiav.AllocPacket(),
		scaler: &scaler{to: geometry{width: r.Width, height: r.Height, format: encoderFormat(r)}},
	}
	if err := d.open(format); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *distorted) open(format *astiav.InputFormat) error {
	if err := d.source.open(format); err != nil {
		return err
	}
	video := d.source.streamsOf(astiav.MediaTypeVideo)
	if len(video) == 0 {
		return rung.Errorf(rung.CodeBadInput, "give the rendition's coded pictures", "rendition %q: the stream to measure has no video", d.id)
	}
	d.stream = video[0]
	var err error
	d.decoder, err = newDecoder(d.stream, d.stream.CodecParameters().CodecID().Name())
	return err
}

// Close releases everything.
func (d *distorted) Close() {
	for _, f := range d.waiting {
		f.Free()
	}
	d.waiting = nil
	if d.decoder != nil {
		d.decoder.Close()
	}
	d.scaler.Close()
	d.packet.Free()
	d.source.Close()
}

// against takes the next picture and gives it to a comparison with its reference, which it frees. A reference from before
// the first picture is compared with itself.
func (d *distorted) against(reference *astiav.Frame, c *comparison, before bool) error {
	defer reference.Free()
	if before {
		return c.put(reference, reference)
	}
	f, err := d.next()
	if err != nil {
		return err
	}
	if f == nil {
		return rung.Errorf(rung.CodeBadInput, "measure what the same task came out as", "rendition %q: the stream to measure ends after %d pictures", d.id, d.taken)
	}
	defer f.Free()
	d.taken++
	// Pictures are compared as they are coded: levels are never converted.
	d.scaler.to.full = geometryOf(f).full
	scaled, err := d.scaler.scale(f)
	if err != nil {
		return err
	}
	defer scaled.Free()
	return c.put(reference, scaled)
}

// wantEnd reports an error if there are more pictures than were asked for.
func (d *distorted) wantEnd() error {
	f, err := d.next()
	if err != nil || f == nil {
		return err
	}
	f.Free()
	return rung.Errorf(rung.CodeBadInput, "measure what the same task came out as", "rendition %q: the stream to measure has more than the task's %d pictures", d.id, d.taken)
}

// next is the next picture, nil at the end.
func (d *distorted) next() (*astiav.Frame, error) {
	for len(d.waiting) == 0 && !d.ended {
		if err := d.advance(); err != nil {
			return nil, err
		}
	}
	if len(d.waiting) == 0 {
		return nil, nil
	}
	f := d.waiting[0]
	d.waiting = d.waiting[1:]
	return f, nil
}

// advance decodes one packet more, or what is left after the last.
func (d *distorted) advance() error {
	keep := func(f *astiav.Frame) error {
		kept := astiav.AllocFrame()
		kept.MoveRef(f)
		d.waiting = append(d.waiting, kept)
		return nil
	}
	err := d.source.next(d.packet)
	if errors.Is(err, io.EOF) {
		d.ended = true
		return d.decoder.put(nil, keep)
	}
	if err != nil {
		return err
	}
	defer d.packet.Unref()
	if d.packet.StreamIndex() != d.stream.Index() {
		return nil
	}
	return d.decoder.put(d.packet, keep)
}
