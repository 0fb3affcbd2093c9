// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"

	"github.com/asticode/go-astiav"

	"rung"
)

// scaler brings pictures to one geometry.
type scaler struct {
	to     geometry
	from   geometry
	method scaleMethod
	pool   framePool
}

// scaleMethod is how pictures of one geometry become those of another.
type scaleMethod interface {
	scale(src, dst *astiav.Frame) error
	Close()
}

// scale gives a picture with f's content, owned by the caller: a reference to f where nothing is to be done.
func (s *scaler) scale(f *astiav.Frame) (*astiav.Frame, error) {
	from := geometryOf(f)
	if from == s.to {
		out := f.Clone()
		out.SetPixelFormat(s.to.format)
		if s.to.full { // which a "J" format may have said alone
			out.SetColorRange(astiav.ColorRangeJpeg)
		}
		return out, nil
	}
	if s.method == nil || from != s.from {
		if err := s.open(from); err != nil {
			return nil, err
		}
	}
	out, err := s.pool.get()
	if err != nil {
		return nil, err
	}
	if err := s.method.scale(f, out); err != nil {
		out.Free()
		return nil, fmt.Errorf("engine: scaling: %w", err)
	}
	return out, nil
}

// open chooses the method: the same on every machine.
func (s *scaler) open(from geometry) error {
	s.closeMethod()
	s.pool.geometry = s.to
	s.from = from
	if planesScale(from, s.to) {
		planes, err := newPlanes(from, s.to)
		if err != nil {
			return fmt.Errorf("engine: scaling: %w", err)
		}
		s.method = planes
		return nil
	}
	sws := newSws(from, s.to, scaleFlags)
	if sws == nil {
		return rung.Errorf(rung.CodeUnsupported, "", "pictures of %dx%d %s cannot be scaled to %dx%d",
			from.width, from.height, from.format.Name(), s.to.width, s.to.height)
	}
	s.method = sws
	return nil
}

func (s *scaler) closeMethod() {
	if s.method != nil {
		s.method.Close()
		s.method = nil
	}
}

// Close releases the method and the pool.
func (s *scaler) Close() {
	s.closeMethod()
	s.pool.Close()
}

// scaleFlags choose the bicubic filter with rounding that is the same on every processor (SWS_BICUBIC, SWS_ACCURATE_RND,
// SWS_BITEXACT): the same task must give the same bytes on any node.
const scaleFlags = 0x4 | 0x40000 | 0x80000
