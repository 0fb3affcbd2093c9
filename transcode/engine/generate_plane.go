// SPDX-License-Identifier: GPL-3.0-or-later

package engine

// Levels of studio range video (ITU-R BT.709, 3.5).
const (
	black   = 16
	white   = 235
	neutral = 128
)

// picturePlane is one plane of a picture.
type picturePlane struct {
	pixels []byte
	stride int
}

func (p picturePlane) row(y int) []byte { return p.pixels[y*p.stride : (y+1)*p.stride] }

// fill paints a rectangle.
func (p picturePlane) fill(x, y, w, h int, level byte) {
	for i := y; i < y+h; i++ {
		row := p.row(i)[x : x+w]
		for j := range row {
			row[j] = level
		}
	}
}
