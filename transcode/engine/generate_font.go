// SPDX-License-Identifier: GPL-3.0-or-later

package engine

const (
	glyphColumns = 5
	glyphRows    = 7
	glyphAdvance = glyphColumns + 1
)

// glyphs are the characters of a clock, 5 by 7 dots, a byte for each row with the leftmost dot in bit 4.
var glyphs = map[rune][glyphRows]byte{
	'0': {0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110},
	'1': {0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110},
	'2': {0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111},
	'3': {0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110},
	'4': {0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010},
	'5': {0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110},
	'6': {0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110},
	'7': {0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000},
	'8': {0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110},
	'9': {0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100},
	':': {0b00000, 0b00100, 0b00100, 0b00000, 0b00100, 0b00100, 0b00000},
}

// drawText draws s in white, its upper left corner at x, y, each dot scale by scale pixels.
func drawText(luma picturePlane, x, y, scale int, s string) {
	for i, r := range s {
		for row, dots := range glyphs[r] {
			for column := range glyphColumns {
				if dots>>(glyphColumns-1-column)&1 == 1 {
					luma.fill(x+(i*glyphAdvance+column)*scale, y+row*scale, scale, scale, white)
				}
			}
		}
	}
}
