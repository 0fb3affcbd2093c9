// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"slices"

	"github.com/asticode/go-astiav"

	"rung"
)

// How a pattern's film is pulled down, 2:3: of four of its pictures A, B, C, D the fields are shown A A, B B B, C C, D D D,
// which are five pictures' worth.
const (
	pulldownSoft = "soft" // the film's pictures, flagged to be shown for two and three fields in turn
	pulldownHard = "hard" // five pictures, two of them woven: A/A, B/B, B/C, C/D, D/D, top field first
)

// displayRate is that at which pulled down film is shown.
func displayRate(film rung.Rational) rung.Rational { return rung.R(film.Num*5, film.Den*4) }

// pulldownField is the first of the fields that film picture k is shown in.
func pulldownField(k int64) int64 { return floorDiv(5*k, 2) }

// weave encodes the pictures that the film's picture k, which the track's frame holds, completes.
func (v *patternVideo) weave(k int64) error {
	f := v.track.frame
	film := copyPlanes(planesOf(f))
	coded := k/4*5 + k%4
	if k%4 >= 2 {
		weaveTop(planesOf(f), v.before)
	}
	f.SetPts(coded)
	if err := v.track.encode(f); err != nil {
		return err
	}
	if k%4 == 3 {
		if err := v.blank(); err != nil {
			return err
		}
		for i, p := range planesOf(f) {
			copy(p.pixels, film[i].pixels)
		}
		f.SetPts(coded + 1)
		if err := v.track.encode(f); err != nil {
			return err
		}
	}
	v.before = film
	return nil
}

func copyPlanes(planes [3]picturePlane) [3]picturePlane {
	for i := range planes {
		planes[i].pixels = slices.Clone(planes[i].pixels)
	}
	return planes
}

// weaveTop puts the top field of one picture into another.
func weaveTop(planes, top [3]picturePlane) {
	for i, p := range planes {
		for y := 0; y < len(p.pixels)/p.stride; y += 2 {
			copy(p.row(y), top[i].row(y))
		}
	}
}

// flagPulldown makes a packet of progressive MPEG-2 video one of film that is shown at 29.97 (ISO/IEC 13818-2, 6.2.2.1,
// 6.2.2.3 and 6.2.3.1): the sequence is not progressive, its frame rate is that of display, and each picture says with which
// field it begins and whether that is repeated. libavcodec's encoder offers none of this.
func flagPulldown(p *astiav.Packet) error {
	first := pulldownField(p.Pts())
	data := slices.Clone(p.Data())
	for at := 0; ; {
		next := bytes.Index(data[at:], []byte{0, 0, 1})
		if next < 0 || at+next+9 > len(data) {
			break
		}
		at += next + 4
		switch b := data[at:]; {
		case data[at-1] == 0xb3: // sequence header
			b[3] = b[3]&0xf0 | 4 // frame_rate_code: 30000/1001
		case data[at-1] == 0xb5 && b[0]>>4 == 1: // sequence extension
			b[1] &^= 0x08 // progressive_sequence
		case data[at-1] == 0xb5 && b[0]>>4 == 8: // picture coding extension
			if first%2 == 0 {
				b[3] |= 0x80 // top_field_first
			}
			if pulldownField(p.Pts()+1)-first == 3 {
				b[3] |= 0x02 // repeat_first_field
			}
		}
	}
	return replaceData(p, data)
}

// replaceData gives a packet other bytes. Its times and flags stay.
func replaceData(p *astiav.Packet, data []byte) error {
	pts, dts, duration, flags := p.Pts(), p.Dts(), p.Duration(), p.Flags()
	p.Unref()
	if err := p.FromData(data); err != nil {
		return err
	}
	p.SetPts(pts)
	p.SetDts(dts)
	p.SetDuration(duration)
	p.SetFlags(flags)
	return nil
}
