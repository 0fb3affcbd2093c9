// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "github.com/asticode/go-astiav"

// geometry is what scaling depends on: a change of it in mid-stream needs another scaler.
type geometry struct {
	width, height int
	format        astiav.PixelFormat
	full          bool // full range (0 to 255), not the usual limited one (16 to 235)
}

// geometryOf is a frame's. The deprecated "J" formats say full range too; they become the plain ones.
func geometryOf(f *astiav.Frame) geometry {
	g := geometry{width: f.Width(), height: f.Height(), format: f.PixelFormat(), full: f.ColorRange() == astiav.ColorRangeJpeg}
	switch g.format {
	case astiav.PixelFormatYuvj420P:
		g.format, g.full = astiav.PixelFormatYuv420P, true
	case astiav.PixelFormatYuvj422P:
		g.format, g.full = astiav.PixelFormatYuv422P, true
	case astiav.PixelFormatYuvj444P:
		g.format, g.full = astiav.PixelFormatYuv444P, true
	}
	return g
}

// chroma is the size of each chroma plane of a 4:2:0 picture.
func (g geometry) chroma() (width, height int) { return (g.width + 1) / 2, (g.height + 1) / 2 }

// exceeds reports whether g is larger than o in one direction.
func (g geometry) exceeds(o geometry) bool { return g.width > o.width || g.height > o.height }
