package mediatest

import "rung"

// The test pattern's marks: see protocol.Pattern.
const (
	numberBits = 24
	sineHz     = 997
	burstHz    = 2000
	centreHz   = 1499
	lfeHz      = 61
	leftHz     = 2503 // left surround
	rightHz    = 3001 // right surround
	rate       = 48000
)

// toneHz are the tones that last.
var toneHz = []int{sineHz, centreHz, lfeHz, leftHz, rightHz}

// flashes reports whether the pattern's picture n, at a rate, is the first of its second.
func flashes(n int64, rate rung.Rational) bool {
	second := func(n int64) int64 { return n * rate.Den / rate.Num }
	return n == 0 || second(n) != second(n-1)
}
