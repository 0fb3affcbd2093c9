// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"io"

	"github.com/asticode/go-astiav"

	"rung"
)

// The slate's levels of brightness, in limited range.
const (
	slateGround = 40
	slateBar    = 72
	slateChroma = 128
)

// newSlate makes the picture that is shown for a source that is not there: dark grey with a lighter bar across its middle,
// so that it can be told from a black picture.
func newSlate(size rung.Picture) (*astiav.Frame, error) {
	f := astiav.AllocFrame()
	f.SetWidth(max(size.Width, 16))
	f.SetHeight(max(size.Height, 16))
	f.SetPixelFormat(astiav.PixelFormatYuv420P)
	f.SetColorRange(astiav.ColorRangeMpeg)
	if err := f.AllocBuffer(0); err != nil {
		f.Free()
		return nil, fmt.Errorf("engine: a slate of %dx%d: %w", size.Width, size.Height, err)
	}
	fillPlane(f, 0, f.Height(), slateGround)
	for i := 1; i < 3; i++ {
		fillPlane(f, i, (f.Height()+1)/2, slateChroma)
	}
	drawBar(f)
	return f, nil
}

// readSlate makes the channel's own picture for a source that is not there of a request's input: planes of 8-bit 4:2:0,
// one behind the other, of the widest rendition's size.
func readSlate(rio requestIO, input int, size rung.VideoRendition) (*astiav.Frame, error) {
	f, err := newSlate(rung.Picture{Width: size.Width, Height: size.Height})
	if err != nil {
		return nil, err
	}
	width, height := f.Width(), f.Height()
	luma, chroma := int64(width*height), int64((width+1)/2*((height+1)/2))
	for i, p := range []struct {
		at, width, lines int64
	}{{0, int64(width), int64(height)}, {luma, int64(width+1) / 2, int64(height+1) / 2}, {luma + chroma, int64(width+1) / 2, int64(height+1) / 2}} {
		if err := readPlane(rio, input, f, i, p.at, p.width, p.lines); err != nil {
			f.Free()
			return nil, err
		}
	}
	return f, nil
}

// readPlane reads a plane's lines from offset at of an input.
func readPlane(rio requestIO, input int, f *astiav.Frame, i int, at, width, lines int64) error {
	all := make([]byte, width*lines)
	for n := 0; n < len(all); {
		got, err := rio.ReadAt(input, all[n:], at+int64(n))
		n += got
		if err != nil && (err != io.EOF || n < len(all)) {
			return rung.Errorf(rung.CodeInvalid, "", "the slate ends after %d bytes of plane %d, not %d: %w", n, i, len(all), err)
		}
	}
	pitch := stride(f, i)
	p := plane(f, i, int(lines)*pitch)
	for y := range int(lines) {
		copy(p[y*pitch:], all[y*int(width):(y+1)*int(width)])
	}
	return nil
}

// fillPlane gives all samples of a plane one value, the padding of its lines as well.
func fillPlane(f *astiav.Frame, i, lines int, value byte) {
	p := plane(f, i, lines*stride(f, i))
	for k := range p {
		p[k] = value
	}
}

// drawBar draws the bar: half as wide as the picture and a sixteenth as high.
func drawBar(f *astiav.Frame) {
	w, h, pitch := f.Width(), f.Height(), stride(f, 0)
	luma := plane(f, 0, h*pitch)
	for y := h/2 - h/32; y < h/2+h/32; y++ {
		line := luma[y*pitch:][w/4 : w-w/4]
		for x := range line {
			line[x] = slateBar
		}
	}
}
