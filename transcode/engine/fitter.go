// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
)

// gridPicture is the picture that fills one place of the grid. Its receiver frees the frame.
type gridPicture struct {
	frame *astiav.Frame
	place int64
	// repeated says that the frame is the one of the place before.
	repeated bool
}

// fitter decides which picture fills each place of an interval. Pictures come in output order; where two fall on one place
// the later wins, and a place without one repeats the picture before. A picture is held for a second at most after its
// source has ended, then the slate is shown. So it is in a gap of a live source, whose pictures come at a steady rate when
// nothing is wrong; a file's may stand as long as they like.
//
// What fills a place depends on the pictures around it alone, not on where the interval begins, so neighbours agree.
type fitter struct {
	interval rung.Interval
	second   int64 // in places: how long a picture stands for a source that is not there
	live     bool
	slate    func() *astiav.Frame // a new reference to the slate
	emit     func(gridPicture) error

	next int64         // the first place that is not filled yet
	held *astiav.Frame // the latest picture
	at   int64         // its place

	from, to int64         // what the current part may fill
	shown    *astiav.Frame // the frame of the place before, nil for the slate; not owned: for comparison only

	repeated, dropped, slates int64
}

func newFitter(interval rung.Interval, rate rung.Rational, slate func() *astiav.Frame, emit func(gridPicture) error) *fitter {
	return &fitter{
		interval: interval,
		second:   max(1, rate.Num/rate.Den),
		slate:    slate,
		emit:     emit,
		next:     interval.First,
	}
}

// Close frees the picture that is still held.
func (f *fitter) Close() {
	f.hold(nil, 0)
}

// begin says that the pictures that follow are those of another part, which may fill [from, to).
func (f *fitter) begin(from, to int64) error {
	end := f.interval.End()
	f.from, f.to = min(max(from, f.interval.First), end), min(to, end)
	return f.fillAbandoned(f.from)
}

// put takes a picture, which it owns from then on, and its place.
func (f *fitter) put(frame *astiav.Frame, place int64) error {
	switch {
	case place >= f.to: // it only says that the source goes on
		defer frame.Free()
		return f.fill(f.to, frame, place)
	case f.held != nil && place < f.at && place >= f.from: // time went back
		f.dropped++
		frame.Free()
		return nil
	case f.held != nil && place == f.at && place >= f.from:
		f.dropped++
		f.hold(frame, place)
		return nil
	}
	if err := f.fill(place, frame, place); err != nil {
		frame.Free()
		return err
	}
	f.hold(frame, place)
	return nil
}

// goOn says that the current part's source has more behind the pictures that came.
func (f *fitter) goOn() error { return f.fill(f.to, nil, f.to+f.second) }

// finish fills what is left after the last part.
func (f *fitter) finish() error { return f.fillAbandoned(f.interval.End()) }

func (f *fitter) hold(frame *astiav.Frame, place int64) {
	if f.held != nil {
		f.held.Free()
	}
	f.held, f.at = frame, place
}

// fill fills the places before end, where the source is known to go on: the held picture is repeated over any gap, a live
// one over a second of it. Where there is none yet, the coming one stands in for up to a second before its own place, and
// the slate before that; of a live source only in the timeline's first second, since later a picture that stands would look
// as if the source had come back and stopped.
func (f *fitter) fill(end int64, coming *astiav.Frame, place int64) error {
	for f.next < end {
		frame := f.held
		switch {
		case frame == nil && place-f.next <= f.second && (!f.live || place <= f.second):
			frame = coming
		case f.live && f.next-f.at > f.second:
			frame = nil
		}
		if err := f.show(frame); err != nil {
			return err
		}
	}
	return nil
}

// fillAbandoned fills the places before end, where the source has ended.
func (f *fitter) fillAbandoned(end int64) error {
	for f.next < end {
		frame := f.held
		if f.next-f.at > f.second {
			frame = nil
		}
		if err := f.show(frame); err != nil {
			return err
		}
	}
	return nil
}

// show fills the next place with a frame, or with the slate where that is nil.
func (f *fitter) show(frame *astiav.Frame) error {
	p := gridPicture{place: f.next, repeated: f.next > f.interval.First && frame == f.shown}
	f.shown = frame
	switch {
	case frame == nil:
		f.slates++
		p.frame = f.slate()
	default:
		if frame != f.held || f.next != f.at {
			f.repeated++
		}
		p.frame = frame.Clone()
	}
	f.next++
	return f.emit(p)
}
