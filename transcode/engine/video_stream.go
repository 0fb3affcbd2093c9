// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"

	"github.com/asticode/go-astiav"

	"rung"
)

// leadPictures are sent on from before the first place that a part fills: the deinterlacer needs the neighbours of those
// that are shown, and a gap at the beginning is filled with the one before.
const leadPictures = 2

// leadDecoded is how many places before the first that a part fills every picture is decoded. Of those before, only
// pictures that others refer to are: enough for what follows, and decoders that learn the order of display from what they
// see have learnt it by then.
const leadDecoded = 16

// videoStream decodes the pictures of one part.
type videoStream struct {
	clock videoClock
	first int64 // the first place to fill
	stop  int64 // pictures from here on are not wanted
	step  int64 // a source picture's usual duration, in the source's time base
	rate  rung.Rational
	emit  func(*astiav.Frame) error // owns the picture, whose time stamp is unwrapped, in the source's time base

	decoder  *decoder
	lead     []*astiav.Frame // the latest pictures before first
	last     int64           // the time stamp of the latest picture
	decoded  int64
	damage   int64
	past     int64 // seconds by which the stream has come past stop; negative: it has not
	finished bool
}

// newVideoStream prepares to decode a part's video for an interval. Where deinterlacing makes a picture of each field, a
// source picture takes two places.
func newVideoStream(source *rung.VideoSource, task *rung.Task, emit func(*astiav.Frame) error) *videoStream {
	rate := task.Ladder.Grid.Rate
	places := int64(1)
	if task.Ladder.Deinterlace == "field" {
		places = 2
	}
	clock := newVideoClock(source, rate, task.Interval)
	if task.Ladder.Pulldown != "" {
		clock.late = rung.R(rate.Den, 4*rate.Num)
	}
	return &videoStream{
		clock: clock,
		first: max(source.From, task.Interval.First),
		stop:  min(source.To, task.Interval.End()) + 3*places,
		step:  max(1, rung.Rescale(places, rate.Inverse(), source.TimeBase)),
		rate:  rate,
		emit:  emit,
		last:  noPTS,
		past:  -1,
	}
}

func (v *videoStream) source() (pid, index int) { return v.clock.source.PID, v.clock.source.Index }

func (v *videoStream) done() bool { return v.finished }

func (v *videoStream) open(st *astiav.Stream) error {
	var err error
	v.decoder, err = newDecoder(st, v.clock.source.Codec)
	return err
}

// Close releases the decoder and the pictures that were kept.
func (v *videoStream) Close() {
	for _, f := range v.lead {
		f.Free()
	}
	v.lead = nil
	if v.decoder != nil {
		v.damage += v.decoder.errors
		v.decoder.Close()
		v.decoder = nil
	}
}

// take decodes a packet. No picture is shown before it is decoded, so a packet whose decoding time is past the end ends
// the stream; so does a picture that is, where packets have no decoding time.
func (v *videoStream) take(_ context.Context, p *astiav.Packet) (past int64, err error) {
	ts := p.Dts()
	if ts == noPTS && v.finished {
		ts = p.Pts()
	}
	if ts != noPTS {
		v.reach(v.clock.place(2 * v.clock.unwrapped(ts)))
	}
	if !v.finished && v.past < 0 {
		pts := p.Pts()
		skipUnreferenced(v.decoder.cc, pts != noPTS && v.clock.place(2*v.clock.unwrapped(pts)) < v.first-leadDecoded)
		err = v.decoder.put(p, func(f *astiav.Frame) error { return v.show(f) })
	}
	if err == nil && v.past >= 0 {
		err = v.end()
	}
	return v.past, err
}

// reach notes how far the stream has come.
func (v *videoStream) reach(place int64) {
	if beyond := place - v.stop; beyond >= 0 {
		v.past = max(v.past, beyond*v.rate.Den/v.rate.Num)
	}
}

// flush implements packetTaker.
func (v *videoStream) flush(context.Context) error { return v.end() }

// end ends the decoding.
func (v *videoStream) end() error {
	if v.finished || v.decoder == nil {
		return nil
	}
	v.finished = true
	if err := v.decoder.put(nil, func(f *astiav.Frame) error { return v.show(f) }); err != nil {
		return err
	}
	return v.sendLead()
}

// show sends a decoded picture on, or keeps it while it may be the last before those that are wanted.
func (v *videoStream) show(f *astiav.Frame) error {
	v.decoded++
	pts := v.timeOf(f)
	v.last = pts
	place := v.clock.place(2 * pts)
	if place >= v.stop {
		v.reach(place)
		return nil
	}
	kept := astiav.AllocFrame()
	kept.MoveRef(f)
	kept.SetPts(pts)
	if place < v.first {
		v.keep(kept)
		return nil
	}
	if err := v.sendLead(); err != nil {
		kept.Free()
		return err
	}
	return v.emit(kept)
}

// timeOf is a picture's unwrapped time stamp; one without any follows the picture before at the usual distance.
func (v *videoStream) timeOf(f *astiav.Frame) int64 {
	pts := f.Pts()
	if pts == noPTS {
		pts = bestEffortPTS(f)
	}
	switch {
	case pts != noPTS:
		return v.clock.unwrapped(pts)
	case v.last != noPTS:
		return v.last + v.step
	default:
		return v.clock.expected - v.step
	}
}

func (v *videoStream) keep(f *astiav.Frame) {
	if len(v.lead) == leadPictures {
		v.lead[0].Free()
		v.lead = append(v.lead[:0], v.lead[1:]...)
	}
	v.lead = append(v.lead, f)
}

func (v *videoStream) sendLead() error {
	for len(v.lead) > 0 {
		f := v.lead[0]
		v.lead = v.lead[1:]
		if err := v.emit(f); err != nil {
			return err
		}
	}
	return nil
}
