// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// encodeSource is a source to cut into segments, with what an ingest would know of it.
type encodeSource struct {
	data   []byte
	media  rung.MediaInfo
	origin int64 // the time stamp of grid place 0
	ladder rung.Ladder
	// cut gives each task only the packets from the last key picture that leaves a warm-up, as a live channel's are; else
	// each has all there is.
	cut bool
	// refresh is how many pictures after a key picture the stream is whole, where it is refreshed step by step.
	refresh int64
	// drift is by how many samples the sound is ahead of its time stamps after so many seconds; nil: it is not.
	drift func(second int64) float64
	// keys are the key pictures of a file that is to be sought in.
	keys []testPacket
}

// warmUp is how many pictures a cut leaves before its interval.
const warmUp = 8

// newEncodeSource generates a pattern and makes a ladder for it.
func newEncodeSource(t testing.TB, p protocol.Pattern) *encodeSource {
	t.Helper()
	p.Width, p.Height = 416, 240
	p.BitRate = orDefault(p.BitRate, 1_500_000)
	data := generated(t, p)
	s := &encodeSource{data: data, media: probed(t, "mpegts", data), origin: orDefault(p.Start, defaultPatternStart)}
	rate := orDefault(p.Rate, rung.R(25, 1))
	s.ladder = testLadder(rate, 24)
	if p.IntraRefresh {
		s.refresh = int64(p.GOP)
	}
	if p.NoVideo {
		s.ladder.Video = nil
	}
	if p.Audio == "none" {
		s.ladder.Audio = nil
	}
	return s
}

// newFileSource makes a file of a pattern, whose tasks seek.
func newFileSource(t testing.TB, muxer string, p protocol.Pattern) *encodeSource {
	t.Helper()
	s := newEncodeSource(t, p)
	s.data = muxed(t, muxer, nil, s.data)
	s.media = probed(t, "", s.data)
	s.origin = s.media.Video[0].StartTime
	for _, pk := range packetsOf(t, s.media.Format, s.data) {
		if pk.stream == s.media.Video[0].Index && pk.key {
			s.keys = append(s.keys, pk)
		}
	}
	return s
}

// testLadder has two small renditions and stereo, in segments of so many frames.
func testLadder(rate rung.Rational, frames int64) rung.Ladder {
	rendition := rung.VideoRendition{
		ID: "240p", Codec: "libx264", Width: 416, Height: 240, GOP: frames / 2, CRF: 20, MaxRate: 2_000_000, BufSize: 2_000_000,
		Preset: "veryfast", Profile: "high",
	}
	small := rendition
	small.ID, small.Width, small.Height = "120p", 208, 120
	return rung.Ladder{
		Profile:     "test",
		Grid:        rung.Grid{Rate: rate, SegmentFrames: frames},
		Deinterlace: "frame",
		Source:      rung.Picture{Width: 416, Height: 240, SAR: rung.R(1, 1), Primaries: "bt709", Transfer: "bt709", Matrix: "bt709", Range: "tv"},
		Video:       []rung.VideoRendition{rendition, small},
		Audio:       []rung.AudioRendition{{ID: "audio", Codec: "aac", BitRate: 128000, Channels: 2, Language: "eng", Name: "Stereo"}},
	}
}

// task is the request for segment n of a session of so many frames.
func (s *encodeSource) task(t testing.TB, n, frames int64) (*memoryIO, protocol.Request) {
	t.Helper()
	length := s.ladder.Grid.SegmentFrames
	interval := s.ladder.Grid.Interval(n*length, min(length, frames-n*length))
	part := rung.Part{Format: s.media.Format}
	wrap := 0
	if s.media.Format == "mpegts" {
		wrap = 33
	}
	for _, v := range s.media.Video {
		part.Video = &rung.VideoSource{Index: v.Index, PID: v.PID, Codec: v.Codec, TimeBase: v.TimeBase, WrapBits: wrap, Origin: s.origin, To: frames}
	}
	for _, a := range s.media.Audio {
		perSample := rung.R(1, int64(a.SampleRate))
		part.Audio = append(part.Audio, rung.AudioSource{
			Index: a.Index, PID: a.PID, Codec: a.Codec, TimeBase: a.TimeBase, WrapBits: wrap, SampleRate: a.SampleRate, Channels: a.Channels,
			FrameSize: a.FrameSize, Origin: a.StartTime, Sample: rung.Rescale(unwrap(a.StartTime, s.origin, wrap), a.TimeBase, perSample) - s.originSample(perSample),
			Drift: s.drifts(interval), From: math.MinInt64 / 4, To: math.MaxInt64 / 4,
		})
	}
	data := s.data
	if s.cut {
		data, part.Prefix = s.around(t, interval)
	}
	if s.keys != nil {
		part.Object = &rung.ObjectRange{SeekStream: s.media.Video[0].Index, SeekTS: s.keyBefore(interval)}
	}
	rio := &memoryIO{inputs: [][]byte{data}}
	return rio, protocol.Request{Op: protocol.OpEncode, Inputs: []protocol.Input{{Size: int64(len(data))}}, Task: &rung.Task{
		ID:       rung.SegmentID{Kind: rung.Live, Owner: "test", Session: "s", Number: n},
		Interval: interval,
		Ladder:   s.ladder,
		Parts:    []rung.Part{part},
	}}
}

// drifts is the drift of the sound around an interval, with a knot at each second.
func (s *encodeSource) drifts(interval rung.Interval) rung.Drift {
	if s.drift == nil {
		return nil
	}
	var d rung.Drift
	for second := interval.AudioFirst*rung.AudioFrame/rung.AudioRate - 1; second <= interval.AudioEnd()*rung.AudioFrame/rung.AudioRate+2; second++ {
		d = append(d, rung.DriftKnot{At: second * rung.AudioRate, Offset: int64(math.Round(s.drift(second) * rung.DriftUnit))})
	}
	return d
}

// originSample is the origin's time stamp in samples.
func (s *encodeSource) originSample(perSample rung.Rational) int64 {
	timeBase := tsClock
	for _, v := range s.media.Video {
		timeBase = v.TimeBase
	}
	return rung.Rescale(s.origin, timeBase, perSample)
}

// keyBefore is the presentation time of the last key picture that leaves a warm-up before the interval.
func (s *encodeSource) keyBefore(interval rung.Interval) *int64 {
	v := s.media.Video[0]
	first := s.origin + rung.Rescale(interval.First-warmUp, s.ladder.Grid.Rate.Inverse(), v.TimeBase)
	at := s.keys[0].pts
	for _, k := range s.keys {
		if k.pts <= first {
			at = k.pts
		}
	}
	return &at
}

// around cuts the packets that an interval needs out of the stream, with its tables to go before them.
func (s *encodeSource) around(t testing.TB, interval rung.Interval) (data, prefix []byte) {
	t.Helper()
	src, err := openSource(requestFor(protocol.OpIndex, "mpegts", s.data))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	p := astiav.AllocPacket()
	defer p.Free()
	from, to := int64(0), int64(len(s.data))
	first := s.origin + rung.Rescale(interval.First-warmUp-s.refresh, s.ladder.Grid.Rate.Inverse(), tsClock)
	last := s.origin + rung.Rescale(interval.End()+16, s.ladder.Grid.Rate.Inverse(), tsClock)
	for src.next(p) == nil {
		if p.StreamIndex() == s.media.Video[0].Index {
			if p.Flags().Has(astiav.PacketFlagKey) && unwrap(p.Pts(), s.origin, 33) <= first {
				from = p.Pos()
			}
			if unwrap(p.Dts(), s.origin, 33) > last && to == int64(len(s.data)) {
				to = p.Pos()
			}
		}
		p.Unref()
	}
	return s.data[from:to], tables(s.data, s.media.Programs[0].PMTPID)
}

// tables are a stream's first PAT and PMT packets.
func tables(ts []byte, pmt int) []byte {
	var found []byte
	for _, want := range []int{0, pmt} {
		for i := 0; i+tsPacket <= len(ts); i += tsPacket {
			if pid := int(ts[i+1]&0x1f)<<8 | int(ts[i+2]); pid == want {
				found = append(found, ts[i:i+tsPacket]...)
				break
			}
		}
	}
	return found
}

// encodedSession is a session's segments by rendition.
type encodedSession struct {
	inits  map[string][]byte
	media  map[string][][]byte
	tracks []protocol.EncodedTrack
	stats  []rung.EncodeStats
}

// encodeAll encodes a session of so many frames and checks that every segment has the same init segments.
func (s *encodeSource) encodeAll(t testing.TB, frames int64) encodedSession {
	t.Helper()
	all := encodedSession{inits: map[string][]byte{}, media: map[string][][]byte{}}
	length := s.ladder.Grid.SegmentFrames
	for n := int64(0); n*length < frames; n++ {
		rio, req := s.task(t, n, frames)
		reply, err := encode(rio, req)
		if err != nil {
			t.Fatalf("segment %d: %v", n, err)
		}
		all.add(t, rio, reply)
	}
	return all
}

func (e *encodedSession) add(t testing.TB, rio *memoryIO, reply protocol.EncodeReply) {
	t.Helper()
	e.tracks = reply.Tracks
	e.stats = append(e.stats, reply.Stats)
	for _, track := range reply.Tracks {
		init := rio.outputs[track.ID+"/init"]
		if first := e.inits[track.ID]; first != nil && !bytes.Equal(init, first) {
			t.Errorf("segment %d: rendition %s has another init segment", len(e.stats)-1, track.ID)
		}
		e.inits[track.ID] = init
		e.media[track.ID] = append(e.media[track.ID], rio.outputs[track.ID+"/media"])
	}
}

// joined is a rendition's init segment and all its media segments.
func (e *encodedSession) joined(id string) []byte {
	return append(bytes.Clone(e.inits[id]), bytes.Join(e.media[id], nil)...)
}

// decodedJoined decodes a rendition's joined segments; time stamps count pictures or samples from the session's origin.
func (e *encodedSession) decodedJoined(t testing.TB, id string, rate rung.Rational) decodedStream {
	t.Helper()
	s, err := openSource(requestFor(protocol.OpProbe, "mov", e.joined(id)))
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	defer s.Close()
	st := s.fc.Streams()[0]
	codec := astiav.FindDecoder(st.CodecParameters().CodecID())
	cc := astiav.AllocCodecContext(codec)
	defer cc.Free()
	cc.SetThreadCount(1)
	if err := errors.Join(cc.FromCodecParameters(st.CodecParameters()), cc.Open(codec, nil)); err != nil {
		t.Fatal(err)
	}
	var d decodedStream
	f, p := astiav.AllocFrame(), astiav.AllocPacket()
	defer f.Free()
	defer p.Free()
	for more := true; more; {
		if more = s.next(p) == nil; !more {
			p.Unref()
		}
		if err := sendOrEnd(cc, p, more); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		for cc.ReceiveFrame(f) == nil {
			d.take(f)
			f.Unref()
		}
		p.Unref()
	}
	unit := rate.Inverse()
	if cc.MediaType() == astiav.MediaTypeAudio {
		unit = rung.R(1, rung.AudioRate)
	}
	zero := rung.Rescale(rung.MediaOrigin, rung.R(1, 1), ratio(st.TimeBase()))
	for i := range d.pts {
		d.pts[i] = rung.Rescale(d.pts[i]-zero, ratio(st.TimeBase()), unit)
	}
	d.heard = rung.Rescale(d.heard-zero, ratio(st.TimeBase()), unit)
	return d
}

func sendOrEnd(cc *astiav.CodecContext, p *astiav.Packet, more bool) error {
	if !more {
		p = nil
	}
	return cc.SendPacket(p)
}

// wantNumbers checks that places first, first+1, ... show the pictures want gives for them.
func wantNumbers(t testing.TB, what string, d decodedStream, frames int64, want func(place int64) int64) {
	t.Helper()
	if int64(len(d.numbers)) != frames {
		t.Fatalf("%s: %d pictures, want %d", what, len(d.numbers), frames)
	}
	wrong := 0
	for k, n := range d.numbers {
		if d.pts[k] != int64(k) || n != want(int64(k)) {
			t.Errorf("%s: place %d is at %d and shows picture %d, want %d", what, k, d.pts[k], n, want(int64(k)))
			if wrong++; wrong == 8 {
				t.FailNow()
			}
		}
	}
}

// identity is for sessions in which each place has its own picture.
func identity(place int64) int64 { return place }

// soundCheck is how well a stretch of sound is the pattern's sine.
type soundCheck struct {
	delay float64 // samples by which it is late
	worst float64 // largest prediction error, of sineAmplitude
	at    int     // where that is
}

// checkSineOf holds samples that begin with sample first of the session against the pattern's left channel, but for the
// bursts that mono has there as well.
func checkSineOf(samples []float64, first int64) soundCheck {
	w := 2 * math.Pi * sineHertz / rung.AudioRate
	var in, quadrature float64
	var c soundCheck
	for i, v := range samples {
		at := first + int64(i)
		if beat := (at + 1024) % rung.AudioRate; beat < 4096 {
			continue
		}
		phase := w * float64(at)
		in += v * math.Sin(phase)
		quadrature += v * math.Cos(phase)
		if i >= 2 {
			if e := math.Abs(v - 2*math.Cos(w)*samples[i-1] + samples[i-2]); e > c.worst {
				c.worst, c.at = e, i
			}
		}
	}
	c.delay = -math.Atan2(quadrature, in) / w
	return c
}

func (c soundCheck) String() string {
	return fmt.Sprintf("late by %.2f samples, worst error %.0f of %d at %d", c.delay, c.worst, sineAmplitude, c.at)
}
