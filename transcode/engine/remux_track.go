// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"slices"

	"github.com/asticode/go-astiav"

	"rung"
)

// tsClock is the time base of a transport stream's time stamps (ISO/IEC 13818-1, 2.4.3.7).
var tsClock = rung.Rational{Num: 1, Den: 90000}

// tsLead is what is added to all time stamps of a remuxed file, in tsClock: files begin at 0, decoding and clock
// references come before that.
const tsLead = 90000

// ratedPictures are looked at to find out a file's frame rate.
const ratedPictures = 64

// remuxTrack is one stream on its way from file to transport stream.
type remuxTrack struct {
	index    int // in the file
	timeBase rung.Rational
	video    bool
	declared []rung.Rational // rates of frames that the file states

	pts                     []int64 // of the first pictures, as they come
	first, last, lastLength int64   // of this pass: first and last presentation time and the last's length, in timeBase
	seen                    bool

	nextDTS int64 // the first decoding time not yet used up, in tsClock
}

// newRemuxTrack adds st to the output.
func newRemuxTrack(s *source, st *astiav.Stream, out *tsMuxer) (*remuxTrack, error) {
	copied := out.fc.NewStream(nil)
	if copied == nil {
		return nil, fmt.Errorf("engine: no memory for a stream")
	}
	if err := st.CodecParameters().Copy(copied.CodecParameters()); err != nil {
		return nil, fmt.Errorf("engine: copying stream %d: %w", st.Index(), err)
	}
	copied.CodecParameters().SetCodecTag(0)
	copied.SetTimeBase(avRatio(tsClock))
	if code := language(st); code != "" {
		tags := astiav.NewDictionary()
		if err := tags.Set("language", code, 0); err != nil {
			return nil, err
		}
		copied.SetMetadata(tags) // the stream owns it from here
	}
	return &remuxTrack{
		index:    st.Index(),
		timeBase: ratio(st.TimeBase()),
		video:    st.CodecParameters().MediaType() == astiav.MediaTypeVideo,
		declared: []rung.Rational{ratio(st.AvgFrameRate()), ratio(st.RFrameRate())},
	}, nil
}

// place moves the packet's times onto the output's clock, played seconds later than in the file. It reports whether the
// packet is to be written: sound that outlasts the pictures at the end of one pass takes the place of the first of the next.
func (t *remuxTrack) place(p *astiav.Packet, played rung.Rational) bool {
	pts, dts := p.Pts(), p.Dts()
	if pts == noPTS {
		pts = dts
	}
	if dts == noPTS {
		dts = pts
	}
	t.note(pts, p.Duration())
	offset := int64(tsLead)
	if !played.IsZero() {
		offset += rung.Rescale(played.Num, rung.Rational{Num: 1, Den: played.Den}, tsClock)
	}
	pts = rung.Rescale(pts, t.timeBase, tsClock) + offset
	dts = rung.Rescale(dts, t.timeBase, tsClock) + offset
	if t.nextDTS != 0 && dts < t.nextDTS {
		return false
	}
	p.SetPts(pts)
	p.SetDts(dts)
	p.SetDuration(rung.Rescale(p.Duration(), t.timeBase, tsClock))
	t.nextDTS = dts + 1
	if !t.video {
		t.nextDTS += p.Duration() / 2 // frames may overlap by half at the most
	}
	p.SetPos(-1)
	return true
}

// note keeps the bounds of the pass.
func (t *remuxTrack) note(pts, length int64) {
	if !t.seen || pts < t.first {
		t.first = pts
	}
	if !t.seen || pts >= t.last {
		t.last, t.lastLength = pts, length
	}
	t.seen = true
	if len(t.pts) < ratedPictures {
		t.pts = append(t.pts, pts)
	}
}

// took is how long the pass lasted, in seconds: a whole number of frames where their rate is known, so that the grid goes
// on exactly.
func (t *remuxTrack) took() rung.Rational {
	if !t.seen {
		return rung.Rational{}
	}
	rate := t.rate()
	if rate.IsZero() {
		ticks := max(t.last-t.first+t.lastLength, 1)
		return rung.R(ticks*t.timeBase.Num, t.timeBase.Den)
	}
	frames := rung.Rescale(t.last-t.first, t.timeBase, rate.Inverse()) + 1
	return rung.R(frames*rate.Den, rate.Num)
}

// rate is the frame rate of video, unknown for audio: its length is as its time stamps say.
func (t *remuxTrack) rate() rung.Rational {
	if !t.video {
		return rung.Rational{}
	}
	return frameRate(slices.Sorted(slices.Values(t.pts)), t.timeBase, t.declared)
}

// rewind begins a new pass.
func (t *remuxTrack) rewind() { t.seen, t.pts = false, t.pts[:0] }
