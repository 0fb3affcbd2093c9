// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "github.com/asticode/go-astiav"

// planes scales 8-bit 4:2:0 pictures, plane by plane.
type planes struct {
	luma, chroma *planeScaler
}

// planesScale reports whether planes can bring pictures from one geometry to another. libswscale does the rest: other
// formats and ranges, and ratios that no ladder has between neighbours.
func planesScale(from, to geometry) bool {
	return from.format == astiav.PixelFormatYuv420P && to.format == from.format && to.full == from.full &&
		from.width <= mostShrinking*to.width && from.height <= mostShrinking*to.height
}

// newPlanes prepares to scale between two geometries that planesScale names.
func newPlanes(from, to geometry) (*planes, error) {
	p := &planes{}
	var err error
	if p.luma, err = newPlaneScaler(newScaleFilter(from.width, to.width, false), newScaleFilter(from.height, to.height, false), true); err != nil {
		return nil, err
	}
	fromWidth, fromHeight := from.chroma()
	toWidth, toHeight := to.chroma()
	if p.chroma, err = newPlaneScaler(newScaleFilter(fromWidth, toWidth, true), newScaleFilter(fromHeight, toHeight, false), true); err != nil {
		p.luma.Close()
		return nil, err
	}
	return p, nil
}

// scale fills dst, whose buffers are there already, from src.
func (p *planes) scale(src, dst *astiav.Frame) error {
	p.luma.scale(src, dst, 0)
	p.chroma.scale(src, dst, 1)
	p.chroma.scale(src, dst, 2)
	return nil
}

// Close releases the scalers.
func (p *planes) Close() {
	p.luma.Close()
	p.chroma.Close()
}
