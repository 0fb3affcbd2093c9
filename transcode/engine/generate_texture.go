// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "math/rand/v2"

const (
	textureSide  = 512 // pixels, a power of two: the texture repeats
	textureBands = 5   // of the picture, each moving its own way
	noiseLength  = 1 << 16
)

// texture makes a pattern as hard to encode as pictures of cameras are: bands of fine structure that move against each
// other, and noise that is new in each picture. It is the same on every run.
type texture struct {
	motion int // pixels a picture that the fastest band moves
	tile   []byte
	noise  []int8 // from -amplitude to amplitude
}

// newTexture draws a texture; nil where the pattern has none.
func newTexture(motion, amplitude int) *texture {
	if motion == 0 && amplitude == 0 {
		return nil
	}
	t := &texture{motion: motion, tile: make([]byte, textureSide*textureSide), noise: make([]int8, noiseLength)}
	random := rand.New(rand.NewPCG(1, 2))
	levels := make([]float64, len(t.tile))
	for cell, weight := 64, 40.0; cell >= 2; cell, weight = cell/2, weight*0.62 {
		addOctave(levels, random, cell, weight)
	}
	for i, v := range levels {
		t.tile[i] = byte(min(max(120+v, 40), 200)) // with the noise within studio range
	}
	for i := range t.noise {
		t.noise[i] = int8(random.IntN(2*amplitude+1) - amplitude)
	}
	return t
}

// addOctave adds random values on a lattice of cells, joined smoothly.
func addOctave(levels []float64, random *rand.Rand, cell int, weight float64) {
	n := textureSide / cell
	lattice := make([]float64, n*n)
	for i := range lattice {
		lattice[i] = weight * (2*random.Float64() - 1)
	}
	at := func(x, y int) float64 { return lattice[y%n*n+x%n] }
	for y := range textureSide {
		cy, fy := y/cell, float64(y%cell)/float64(cell)
		for x := range textureSide {
			cx, fx := x/cell, float64(x%cell)/float64(cell)
			top := at(cx, cy)*(1-fx) + at(cx+1, cy)*fx
			bottom := at(cx, cy+1)*(1-fx) + at(cx+1, cy+1)*fx
			levels[y*textureSide+x] += top*(1-fy) + bottom*fy
		}
	}
}

// paint covers rows top to bottom of the luma plane for picture number.
func (t *texture) paint(luma picturePlane, width, top, bottom int, number int64) {
	for y := top; y < bottom; y++ {
		band := (y - top) * textureBands / (bottom - top)
		dx := number * int64(t.motion) * int64(band+1) / textureBands
		if band%2 == 1 {
			dx = -dx
		}
		line := (y + int(number*int64(t.motion)/4)) & (textureSide - 1) * textureSide
		tile, row := t.tile[line:line+textureSide], luma.row(y)[:width]
		grain := int(uint32(number*2654435761+int64(y)*40503*97) >> 8)
		for x := range row {
			row[x] = tile[(x+int(dx))&(textureSide-1)] + byte(t.noise[(x+grain)&(noiseLength-1)])
		}
	}
}
