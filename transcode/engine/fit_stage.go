// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "github.com/asticode/go-astiav"

// fitStage puts the pictures of all parts through the deinterlacer into the fitter.
type fitStage struct {
	fitter       *fitter
	deinterlacer deinterlacer
	clock        *videoClock // the current part's
}

// take takes what a partDecoder tells.
func (s *fitStage) take(p decodedPicture) error {
	switch {
	case p.begin != nil:
		if err := s.deinterlacer.flush(s.put); err != nil {
			return err
		}
		s.clock = p.begin
		return s.fitter.begin(s.clock.source.From, s.clock.source.To)
	case p.onward:
		if err := s.deinterlacer.flush(s.put); err != nil {
			return err
		}
		return s.fitter.goOn()
	default:
		return s.deinterlacer.put(p.frame, s.put)
	}
}

// end says that all parts have been decoded.
func (s *fitStage) end() error {
	if err := s.deinterlacer.flush(s.put); err != nil {
		return err
	}
	return s.fitter.finish()
}

// put gives the fitter a picture whose time stamp counts halves of the part's time base.
func (s *fitStage) put(f *astiav.Frame) error {
	return s.fitter.put(f, s.clock.place(f.Pts()))
}

// Close releases the pictures that both still hold.
func (s *fitStage) Close() {
	s.deinterlacer.Close()
	s.fitter.Close()
}
