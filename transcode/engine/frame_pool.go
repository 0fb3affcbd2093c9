// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"

	"github.com/asticode/go-astiav"
)

// framePool hands out pictures of one geometry and takes their memory back when the last reference is gone: fresh memory
// for each would be zeroed by the kernel page by page, which costs more than scaling a small picture.
type framePool struct {
	geometry geometry
	frames   []*astiav.Frame
}

// get gives a picture that nobody else refers to; its content is left from before. The caller frees it.
func (p *framePool) get() (*astiav.Frame, error) {
	for _, f := range p.frames {
		if f.IsWritable() {
			return f.Clone(), nil
		}
	}
	f := astiav.AllocFrame()
	f.SetWidth(p.geometry.width)
	f.SetHeight(p.geometry.height)
	f.SetPixelFormat(p.geometry.format)
	f.SetColorRange(astiav.ColorRangeMpeg)
	if p.geometry.full {
		f.SetColorRange(astiav.ColorRangeJpeg)
	}
	if err := f.AllocBuffer(0); err != nil {
		f.Free()
		return nil, fmt.Errorf("engine: a picture of %dx%d: %w", p.geometry.width, p.geometry.height, err)
	}
	p.frames = append(p.frames, f)
	return f.Clone(), nil
}

// Close gives the memory back, once those who still refer to it do.
func (p *framePool) Close() {
	for _, f := range p.frames {
		f.Free()
	}
	p.frames = nil
}
