// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"

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
