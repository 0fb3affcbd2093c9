// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"

	"rung"
)

// patternPicture says which picture of a pattern it is.
type patternPicture struct {
	number int64
	rate   rung.Rational
}

// second is the media second that picture n begins in.
func (p patternPicture) second(n int64) int64 { return n * p.rate.Den / p.rate.Num }

// flashes reports whether it is the first picture of its second.
func (p patternPicture) flashes() bool {
	return p.number == 0 || p.second(p.number) != p.second(p.number-1)
}

// clock prints the picture's media time as hours, minutes, seconds and the picture within the second.
func (p patternPicture) clock() string {
	s := p.second(p.number)
	first := (s*p.rate.Num + p.rate.Den - 1) / p.rate.Den // of this second
	return fmt.Sprintf("%02d:%02d:%02d:%02d", s/3600%100, s/60%60, s%60, p.number-first)
}
