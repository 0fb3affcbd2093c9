// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// untimedHint tells what to do with a file without time stamps.
const untimedHint = "put it into a container that has time stamps first, such as MP4 or MPEG-TS"

// stampsPerSecond is how many time stamps of sound an index has: enough to see its clock drift, few for a long film.
const stampsPerSecond = 5

// indexer gathers an index from packets.
type indexer struct {
	videoIndex int // -1: none
	video      []protocol.VideoPacket
	untimed    int           // pictures without any time stamp
	audio      []audioBounds // one for each of the streams asked for
}

// audioBounds are one audio stream's bounds so far.
type audioBounds struct {
	index int
	span  protocol.AudioSpan
	seen  bool
	last  int64 // the latest frame's time stamp
	apart int64 // how far the stamps that are told are apart
}

// newIndexer checks that the streams are there and has the demuxer leave out all others.
func newIndexer(s *source, video int, audio []int) (*indexer, error) {
	ix := &indexer{videoIndex: video}
	wanted := map[int]astiav.MediaType{}
	if video >= 0 {
		wanted[video] = astiav.MediaTypeVideo
	}
	for _, a := range audio {
		wanted[a] = astiav.MediaTypeAudio
		ix.audio = append(ix.audio, audioBounds{index: a})
	}
	for _, st := range s.fc.Streams() {
		ix.scale(st.Index(), ratio(st.TimeBase()))
		kind, ok := wanted[st.Index()]
		if !ok {
			st.SetDiscard(astiav.DiscardAll)
		} else if kind == st.CodecParameters().MediaType() {
			delete(wanted, st.Index())
		}
	}
	for i, kind := range wanted {
		return nil, rung.Errorf(rung.CodeInvalid, "probe the source again: it may have changed", "the source has no %s stream %d", kind, i)
	}
	return ix, nil
}

// take adds one packet. What the container says is not to be shown (before an edit list's start) is decoded later but has
// no place of its own.
func (ix *indexer) take(p *astiav.Packet) {
	if p.Flags().Has(astiav.PacketFlagDiscard) {
		return
	}
	if p.StreamIndex() == ix.videoIndex {
		ix.takePicture(p)
		return
	}
	for i := range ix.audio {
		if ix.audio[i].index == p.StreamIndex() && p.Pts() != noPTS {
			ix.audio[i].extend(p.Pts(), p.Pts()+p.Duration())
			ix.audio[i].stamp(p.Pts())
		}
	}
}

func (ix *indexer) takePicture(p *astiav.Packet) {
	v := protocol.VideoPacket{PTS: p.Pts(), DTS: p.Dts(), Key: p.Flags().Has(astiav.PacketFlagKey)}
	switch {
	case v.PTS == noPTS && v.DTS == noPTS:
		ix.untimed++
		return
	case v.PTS == noPTS:
		v.PTS = v.DTS
	case v.DTS == noPTS:
		// The decoding order is the order of the packets; an exact time is only known later.
		v.DTS = math.MinInt64
	}
	ix.video = append(ix.video, v)
}

func (a *audioBounds) extend(first, end int64) {
	if !a.seen || first < a.span.First {
		a.span.First = first
	}
	if !a.seen || end > a.span.End {
		a.span.End = end
	}
	a.seen = true
}

// scale sets how far the stamps of a stream's sound that are told are apart.
func (ix *indexer) scale(stream int, timeBase rung.Rational) {
	for i := range ix.audio {
		if ix.audio[i].index == stream {
			ix.audio[i].apart = max(1, rung.Rescale(1, rung.R(1, stampsPerSecond), timeBase))
		}
	}
}

// stamp notes a frame's time stamp.
func (a *audioBounds) stamp(pts int64) {
	if n := len(a.span.Stamps); n == 0 {
		a.span.Shortest, a.span.Longest = math.MaxInt64, math.MinInt64
	} else {
		a.span.Shortest, a.span.Longest = min(a.span.Shortest, pts-a.last), max(a.span.Longest, pts-a.last)
	}
	if n := len(a.span.Stamps); n == 0 || pts-a.span.Stamps[n-1] >= a.apart {
		a.span.Stamps = append(a.span.Stamps, pts)
	}
	a.last = pts
}

// reply is the whole index.
func (ix *indexer) reply() (protocol.IndexReply, error) {
	if ix.untimed > 0 {
		return protocol.IndexReply{}, rung.Errorf(rung.CodeBadInput, untimedHint,
			"video stream %d: %d of %d pictures have no time stamp", ix.videoIndex, ix.untimed, ix.untimed+len(ix.video))
	}
	if ix.videoIndex >= 0 && len(ix.video) == 0 {
		return protocol.IndexReply{}, rung.Errorf(rung.CodeBadInput, "the file may be cut short: try to play it",
			"video stream %d has no pictures", ix.videoIndex)
	}
	fillDecodingTimes(ix.video)
	reply := protocol.IndexReply{Video: ix.video}
	for _, a := range ix.audio {
		if a.span.Shortest > a.span.Longest { // of a single frame
			a.span.Shortest, a.span.Longest = 0, 0
		}
		reply.Audio = append(reply.Audio, a.span)
	}
	return reply, nil
}

// fillDecodingTimes gives pictures without a decoding time the latest one that is in order: no later than the next
// picture's and than their own presentation.
func fillDecodingTimes(video []protocol.VideoPacket) {
	next := int64(math.MaxInt64)
	for i := len(video) - 1; i >= 0; i-- {
		if video[i].DTS == math.MinInt64 {
			video[i].DTS = min(video[i].PTS, next)
		}
		next = video[i].DTS - 1
	}
}
