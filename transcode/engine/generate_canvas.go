// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"

	"rung"
)

// numberBits are the black and white blocks that carry a picture's number.
const numberBits = 24

// canvas draws a pattern's pictures: what stays is drawn once and copied, what moves is drawn onto the copy.
type canvas struct {
	width, height int
	block         int // the number's blocks are block by block pixels
	back          [3]picturePlane
	scenes        *scenes // what is drawn over the background; nil: nothing
}

func newCanvas(width, height int) *canvas {
	c := &canvas{width: width, height: height, block: numberBlock(width)}
	for i := range c.back {
		w, h := width, height
		if i > 0 {
			w, h = w/2, h/2
		}
		c.back[i] = picturePlane{stride: w, pixels: make([]byte, w*h)}
	}
	c.drawBackground()
	return c
}

// numberBlock is the size of the number's blocks: multiples of 8 keep them apart in any coding block.
func numberBlock(width int) int { return width / (numberBits + 2) / 8 * 8 }

// minPatternHeight has room for the number, the flash and as much again of picture.
func minPatternHeight(width int) int { return max(4*numberBlock(width), 64) }

// drawBackground draws colour bars over a slope of brightness.
func (c *canvas) drawBackground() {
	// Cb and Cr of the 75% bars white, yellow, cyan, green, magenta, red, blue, black (ITU-R BT.709).
	bars := [8][2]byte{{128, 128}, {44, 136}, {147, 44}, {63, 52}, {193, 204}, {109, 212}, {212, 120}, {128, 128}}
	for y := range c.height {
		row := c.back[0].row(y)
		for x := range row {
			row[x] = byte(48 + (x*64/c.width+y*96/c.height)%160)
		}
	}
	for y := range c.height / 2 {
		for x := range c.width / 2 {
			bar := bars[x*len(bars)*2/c.width]
			c.back[1].row(y)[x], c.back[2].row(y)[x] = bar[0], bar[1]
		}
	}
	for _, p := range c.back[1:] {
		p.fill(0, 0, c.width/2, c.block, neutral)
	}
}

// paint draws picture p.
func (c *canvas) paint(planes [3]picturePlane, p patternPicture) {
	for i, back := range c.back {
		for y := range len(back.pixels) / back.stride {
			copy(planes[i].row(y), back.row(y))
		}
	}
	if t := c.scenes.at(p.number); t != nil {
		t.paint(planes[0], c.width, 2*c.block, c.height, p.number)
	}
	c.paintNumber(planes[0], p)
	c.paintMotion(planes, p)
	c.paintText(planes[0], planes[1:], p)
}

// paintNumber draws the picture's number as 24 blocks, most significant first, over the row that flashes.
func (c *canvas) paintNumber(luma picturePlane, p patternPicture) {
	luma.fill(0, 0, c.width, c.block, black)
	for bit := range numberBits {
		if p.number>>(numberBits-1-bit)&1 == 1 {
			luma.fill(bit*c.block, 0, c.block, c.block, white)
		}
	}
	level := byte(black)
	if p.flashes() {
		level = white
	}
	luma.fill(0, c.block, c.width, c.block, level)
}

// paintMotion draws a bar that crosses the picture in 4 s and a square that bounces within it.
func (c *canvas) paintMotion(planes [3]picturePlane, p patternPicture) {
	top := 2 * c.block
	millis := rung.Rescale(p.number, p.rate.Inverse(), rung.Rational{Num: 1, Den: 1000})
	bar := max(c.width/40, 4)
	luma := planes[0]
	luma.fill(int(millis%4000)*(c.width-bar)/4000, top, bar, c.height-top, white)

	side := max((c.height-top)/6, 8) &^ 1
	x := bounce(millis*int64(c.width)/7000, c.width-side) &^ 1
	y := top + bounce(millis*int64(c.height)/3000, c.height-top-side)&^1
	luma.fill(x, y, side, side, 180)
	planes[1].fill(x/2, y/2, side/2, side/2, 90)
	planes[2].fill(x/2, y/2, side/2, side/2, 200)
}

// bounce moves to and fro between 0 and most.
func bounce(distance int64, most int) int {
	if most <= 0 {
		return 0
	}
	at := int(distance % int64(2*most))
	if at > most {
		at = 2*most - at
	}
	return at
}

// paintText draws the clock and the number, large, on black.
func (c *canvas) paintText(luma picturePlane, chroma []picturePlane, p patternPicture) {
	clock := p.clock()
	scale := max(c.width/(2*len(clock)*glyphAdvance), 1)
	height := (glyphRows + 2) * scale
	for i, line := range []string{clock, fmt.Sprintf("%08d", p.number)} {
		y := (2*c.block + (c.height-2*c.block)/3 + i*(height+2*scale)) &^ 1
		width := (len(line)*glyphAdvance + 1) * scale
		x := (c.width - width) / 2 &^ 1
		if y+height > c.height || x < 0 {
			return
		}
		luma.fill(x, y, width, height, black)
		for _, plane := range chroma {
			plane.fill(x/2, y/2, (width+1)/2, (height+1)/2, neutral)
		}
		drawText(luma, x+scale, y+scale, scale, line)
	}
}
