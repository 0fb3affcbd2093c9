// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strconv"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"rung"
	"rung/transcode/protocol"
)

// Whatever the source's codec, GOP structure and rate: each place of the grid shows its own picture, over all joins, and
// the sound is one unbroken sine in its place.
func TestEncodePicturesAndSound(t *testing.T) {
	patterns := map[string]protocol.Pattern{
		"h264":               {GOP: 30},
		"h264 open gop":      {GOP: 12, OpenGOP: true, Audio: "ac3"},
		"h264 intra refresh": {GOP: 25, IntraRefresh: true},
		"h264 29.97":         {GOP: 15, Rate: rung.R(30000, 1001)},
		"h264 60":            {GOP: 60, Rate: rung.R(60, 1)},
		"hevc open gop":      {GOP: 24, Codec: "hevc", OpenGOP: true},
		"mpeg2 open gop":     {GOP: 12, Codec: "mpeg2video", OpenGOP: true, Audio: "mp2"},
		"mp2 44.1k mono":     {GOP: 25, Audio: "mp2", SampleRate: 44100, Channels: 1},
		"aac 32k":            {GOP: 25, SampleRate: 32000},
		"wrap":               {GOP: 25, Start: 1<<33 - 90000},
	}
	for name, p := range patterns {
		for _, cut := range []bool{false, true} {
			t.Run(cutName(name, cut), func(t *testing.T) {
				p.Frames = 110
				s := newEncodeSource(t, p)
				s.cut = cut
				const frames = 96
				all := s.encodeAll(t, frames)
				rate := s.ladder.Grid.Rate
				for _, r := range s.ladder.Video {
					wantNumbers(t, r.ID, all.decodedJoined(t, r.ID, rate), frames, identity)
				}
				checkSound(t, s, all)
				for n, st := range all.stats {
					if st.Repeated+st.Dropped+st.Slate != 0 || st.DecodeErrors != 0 {
						t.Errorf("segment %d: %+v", n, st)
					}
				}
			})
		}
	}
}

func cutName(name string, cut bool) string {
	if cut {
		return name + ", cut"
	}
	return name
}

// checkSound wants the pattern's sine, unbroken, in its place to half a sample, or as well as the source says it.
func checkSound(t *testing.T, s *encodeSource, all encodedSession) {
	t.Helper()
	d := all.decodedJoined(t, "audio", s.ladder.Grid.Rate)
	if d.heard != 0 {
		t.Errorf("the first sample is number %d, want 0", d.heard)
	}
	const settle = 4096
	if len(d.left) < 3*settle {
		t.Fatalf("%d samples are too few", len(d.left))
	}
	c := checkSineOf(d.left[settle:len(d.left)-settle], settle)
	tolerance := 0.5
	if s.keys != nil {
		tolerance = 24.5 // files say in milliseconds when sound begins
	}
	if c.worst > 60 || math.Abs(c.delay) > tolerance {
		t.Errorf("sine %s", c)
	}
}

// A segment is the same bytes from whichever random access point its source begins: what is before the warm-up does not
// matter, for pictures, deinterlaced ones and sound. AAC alone is left out: its decoder fills bands with noise that depends
// on all it has decoded before.
func TestEncodeFromAnyStart(t *testing.T) {
	patterns := map[string]protocol.Pattern{
		"h264 interlaced, ac3": {GOP: 12, OpenGOP: true, Interlaced: "tff", Audio: "ac3"},
		"mpeg2, mp2 44.1k":     {GOP: 12, OpenGOP: true, Codec: "mpeg2video", Interlaced: "bff", Audio: "mp2", SampleRate: 44100},
		"hevc, aac":            {GOP: 12, OpenGOP: true, Codec: "hevc"},
	}
	for name, p := range patterns {
		t.Run(name, func(t *testing.T) {
			p.Frames = 110
			s := newEncodeSource(t, p)
			whole := s.encodeAll(t, 96)
			s.cut = true
			cut := s.encodeAll(t, 96)
			for id := range whole.media {
				if id == "audio" && s.media.Audio[0].Codec == "aac" {
					continue
				}
				for n, media := range whole.media[id] {
					if !bytes.Equal(media, cut.media[id][n]) {
						t.Errorf("%s: segment %d differs when its source begins later", id, n)
					}
				}
			}
		})
	}
}

// Interlaced pictures give one picture each, or one of each field, without a repeat or a loss.
func TestEncodeInterlaced(t *testing.T) {
	for _, order := range []string{"tff", "bff"} {
		for mode, places := range map[string]int64{"frame": 1, "field": 2} {
			t.Run(order+" "+mode, func(t *testing.T) {
				s := newEncodeSource(t, protocol.Pattern{GOP: 12, OpenGOP: true, Interlaced: order, Frames: 60})
				s.ladder.Deinterlace = mode
				s.ladder.Grid.Rate = rung.R(25*places, 1)
				all := s.encodeAll(t, 48*places)
				for _, r := range s.ladder.Video {
					wantNumbers(t, r.ID, all.decodedJoined(t, r.ID, s.ladder.Grid.Rate), 48*places, func(k int64) int64 { return k / places })
				}
				for n, st := range all.stats {
					if st.Repeated+st.Dropped+st.Slate != 0 {
						t.Errorf("segment %d: %+v", n, st)
					}
				}
			})
		}
	}
}

// A source at another rate than the grid's fills each place with the picture that is due there.
func TestEncodeAnotherRate(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{Frames: 60})
	s.ladder.Grid.Rate = rung.R(50, 1)
	all := s.encodeAll(t, 96)
	wantNumbers(t, "at 50", all.decodedJoined(t, "120p", s.ladder.Grid.Rate), 96, func(k int64) int64 { return k / 2 })
	if st := all.stats[1]; st.Repeated != 12 || st.Dropped != 0 {
		t.Errorf("at 50: %+v", st)
	}
	s.ladder.Grid.Rate = rung.R(25, 2)
	all = s.encodeAll(t, 24)
	wantNumbers(t, "at 12.5", all.decodedJoined(t, "120p", s.ladder.Grid.Rate), 24, func(k int64) int64 { return 2 * k })
	if st := all.stats[0]; st.Repeated != 0 || st.Dropped != 23 {
		t.Errorf("at 12.5: %+v", st)
	}
}

// When the source ends its last picture stands for a second, then the slate and silence follow, over joins too. A segment
// without any source at all has the same init segments.
func TestEncodeSourceLost(t *testing.T) {
	const last, frames = 59, 144
	s := newEncodeSource(t, protocol.Pattern{Frames: last + 1})
	all := s.encodeAll(t, frames)
	slate := func(k int64) int64 {
		switch {
		case k <= last:
			return k
		case k <= last+25:
			return last
		default:
			return 0
		}
	}
	wantNumbers(t, "240p", all.decodedJoined(t, "240p", s.ladder.Grid.Rate), frames, slate)
	if st := all.stats[3]; st.Repeated != 13 || st.Slate != 11 {
		t.Errorf("segment 3: %+v", st)
	}
	rio, req := s.task(t, 6, frames+24)
	req.Task.Parts, req.Inputs = nil, nil
	reply, err := encode(rio, req)
	if err != nil {
		t.Fatal(err)
	}
	samples := req.Task.Interval.AudioFrames * rung.AudioFrame
	if st := reply.Stats; st.Slate != 24 || st.SilenceSamples != samples {
		t.Errorf("without source: %+v, want 24 slates and %d samples of silence", st, samples)
	}
	all.add(t, rio, reply)
	if d := all.decodedJoined(t, "240p", s.ladder.Grid.Rate); len(d.numbers) != frames+24 {
		t.Errorf("%d pictures, want %d", len(d.numbers), frames+24)
	}
}

// A session's beginning whose first picture comes late shows that picture early; one that comes very late, the slate until then.
func TestEncodeLateBeginning(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{Frames: 60})
	step := s.origin / 25
	s.origin -= 10 * step // the first picture belongs to place 10
	all := s.encodeAll(t, 24)
	wantNumbers(t, "soon", all.decodedJoined(t, "240p", s.ladder.Grid.Rate), 24, func(k int64) int64 { return max(0, k-10) })
	if st := all.stats[0]; st.Repeated != 10 || st.Slate != 0 {
		t.Errorf("soon: %+v", st)
	}
	s.ladder.Grid.SegmentFrames, s.origin = 48, s.origin-30*step
	all = s.encodeAll(t, 48)
	if st := all.stats[0]; st.Repeated != 0 || st.Slate != 40 {
		t.Errorf("late: %+v", st)
	}
}

// Where the source's clock changes, the parts on either side meet without a seam in pictures or sound.
func TestEncodeTwoParts(t *testing.T) {
	const change, frames = 40, 72
	a := newEncodeSource(t, protocol.Pattern{Frames: change + 10})
	b := newEncodeSource(t, protocol.Pattern{Frames: 60, FirstFrame: change - 15, Start: 7_000_000, Codec: "mpeg2video", Audio: "ac3"})
	all := encodedSession{inits: map[string][]byte{}, media: map[string][][]byte{}}
	for n := range int64(frames / 24) {
		rio, req := a.task(t, n, frames)
		rioB, reqB := b.task(t, n, frames)
		sample := int64(change * rung.AudioRate / 25)
		first, second := &req.Task.Parts[0], reqB.Task.Parts[0]
		first.Video.To, second.Video.From = change, change
		second.Video.Frame = change - 15
		first.Audio[0].To, second.Audio[0].From = sample, sample
		second.Audio[0].Sample += (change - 15) * rung.AudioRate / 25
		req.Task.Parts = append(req.Task.Parts, second)
		req.Inputs = append(req.Inputs, reqB.Inputs[0])
		rio.inputs = append(rio.inputs, rioB.inputs[0])
		reply, err := encode(rio, req)
		if err != nil {
			t.Fatal(err)
		}
		if st := reply.Stats; st.Repeated+st.Dropped+st.Slate+st.SilenceSamples != 0 {
			t.Errorf("segment %d: %+v", n, st)
		}
		all.add(t, rio, reply)
	}
	wantNumbers(t, "240p", all.decodedJoined(t, "240p", a.ladder.Grid.Rate), frames, identity)
	checkSound(t, a, all)
}

// Files are sought to where a segment begins.
func TestEncodeFiles(t *testing.T) {
	for _, format := range []string{"mp4", "matroska"} {
		t.Run(format, func(t *testing.T) {
			s := newFileSource(t, format, protocol.Pattern{GOP: 20, Frames: 110})
			all := s.encodeAll(t, 96)
			wantNumbers(t, "240p", all.decodedJoined(t, "240p", s.ladder.Grid.Rate), 96, identity)
			checkSound(t, s, all)
			for n, st := range all.stats {
				if st.Repeated+st.Dropped+st.Slate+st.SilenceSamples != 0 || st.Decoded > 24+20+warmUp+8 {
					t.Errorf("segment %d: %+v", n, st)
				}
			}
		})
	}
}

// Segments of very few pictures, as the last of a session may be, join like any other, with every encoder: decoding times
// rise evenly over the joins.
func TestEncodeShortSegments(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{Frames: 60})
	for _, codec := range []string{"libx264", "libx265", "libsvtav1"} {
		for _, extra := range []int64{1, 2, 3} {
			t.Run(codec+" "+strconv.FormatInt(extra, 10), func(t *testing.T) {
				s.ladder.Video = s.ladder.Video[:1]
				s.ladder.Video[0].Codec, s.ladder.Video[0].Profile = codec, "main"
				if codec == "libsvtav1" {
					s.ladder.Video[0].Preset, s.ladder.Video[0].Profile = "12", ""
				}
				frames := 24 + extra
				all := s.encodeAll(t, frames)
				wantNumbers(t, codec, all.decodedJoined(t, "240p", s.ladder.Grid.Rate), frames, identity)
				wantEvenDecoding(t, all.joined("240p"), frames)
			})
		}
	}
}

// wantEvenDecoding checks that decoding times rise by one duration from sample to sample and never exceed presentation
// times.
func wantEvenDecoding(t *testing.T, file []byte, frames int64) {
	t.Helper()
	const duration = 512 // of 12800 ticks a second
	packets := packetsOf(t, "mov", file)
	if int64(len(packets)) != frames {
		t.Fatalf("%d samples, want %d", len(packets), frames)
	}
	for i, p := range packets {
		if i > 0 && p.dts-packets[i-1].dts != duration {
			t.Errorf("sample %d is decoded at %d, %d after the one before, want %d", i, p.dts, p.dts-packets[i-1].dts, duration)
		}
		if p.pts < p.dts {
			t.Errorf("sample %d is decoded at %d but shown at %d", i, p.dts, p.pts)
		}
	}
}

// Encoding is a pure function: a hundred encodes of one task, several at a time, give the same bytes.
func TestEncodeIsPure(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{Frames: 40, Interlaced: "tff"})
	s.ladder.Grid.SegmentFrames = 12
	var want map[string][]byte
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				rio, req := s.task(t, 1, 24)
				if _, err := encode(rio, req); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if want == nil {
					want = rio.outputs
				}
				for name, data := range rio.outputs {
					if !bytes.Equal(data, want[name]) {
						t.Errorf("%s differs from another encode of the same task", name)
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(want) != 6 {
		t.Errorf("%d outputs, want an init and a media segment of 3 renditions", len(want))
	}
}

// Bad input and bad settings give one clear error, and leave nothing running behind.
func TestEncodeErrors(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := newEncodeSource(t, protocol.Pattern{Frames: 40})
	away := rung.Errorf(rung.CodeUnavailable, "", "the source is away")
	tests := map[string]struct {
		code   rung.Code
		change func(rio *memoryIO, req *protocol.Request)
	}{
		"garbage": {rung.CodeBadInput, func(rio *memoryIO, _ *protocol.Request) {
			for i := range rio.inputs[0] {
				rio.inputs[0][i] = byte(i * i >> 3)
			}
		}},
		"scrambled": {rung.CodeEncrypted, func(rio *memoryIO, req *protocol.Request) {
			part := req.Task.Parts[0]
			scramble(rio.inputs[0], part.Video.PID, part.Audio[0].PID)
		}},
		"garbage in a file": {rung.CodeBadInput, func(rio *memoryIO, req *protocol.Request) {
			req.Task.Parts[0].Format = "mov"
		}},
		"unknown container": {rung.CodeUnsupported, func(_ *memoryIO, req *protocol.Request) { req.Task.Parts[0].Format = "hls" }},
		"parent fails": {rung.CodeUnavailable, func(rio *memoryIO, _ *protocol.Request) {
			rio.readError, rio.failAt = away, int64(len(rio.inputs[0])/2)
		}},
		"bad preset":       {rung.CodeInvalid, func(_ *memoryIO, req *protocol.Request) { req.Task.Ladder.Video[1].Preset = "nosuch" }},
		"unknown encoder":  {rung.CodeUnsupported, func(_ *memoryIO, req *protocol.Request) { req.Task.Ladder.Video[1].Codec = "mpeg2video" }},
		"seven channels":   {rung.CodeUnsupported, func(_ *memoryIO, req *protocol.Request) { req.Task.Ladder.Audio[0].Channels = 7 }},
		"no task":          {rung.CodeInvalid, func(_ *memoryIO, req *protocol.Request) { req.Task = nil }},
		"inputs too few":   {rung.CodeInvalid, func(_ *memoryIO, req *protocol.Request) { req.Inputs = nil }},
		"no frames":        {rung.CodeInvalid, func(_ *memoryIO, req *protocol.Request) { req.Task.Interval.Frames = 0 }},
		"empty ladder":     {rung.CodeInvalid, func(_ *memoryIO, req *protocol.Request) { req.Task.Ladder = rung.Ladder{Grid: req.Task.Ladder.Grid} }},
		"no rate":          {rung.CodeInvalid, func(_ *memoryIO, req *protocol.Request) { req.Task.Ladder.Grid.Rate = rung.Rational{} }},
		"time base of 1/0": {rung.CodeInvalid, func(_ *memoryIO, req *protocol.Request) { req.Task.Parts[0].Video.TimeBase.Den = 0 }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rio, req := s.task(t, 0, 24)
			rio.inputs[0] = bytes.Clone(rio.inputs[0])
			req.Task.Ladder.Video = append([]rung.VideoRendition{}, req.Task.Ladder.Video...)
			req.Task.Ladder.Audio = append([]rung.AudioRendition{}, req.Task.Ladder.Audio...)
			test.change(rio, &req)
			_, err := encode(rio, req)
			if rung.CodeOf(err) != test.code {
				t.Errorf("error %v has code %q, want %q", err, rung.CodeOf(err), test.code)
			}
			if test.code == rung.CodeUnavailable && !errors.Is(err, away) {
				t.Errorf("error %v is not the parent's", err)
			}
		})
	}
}

// scramble marks the packets of some PIDs as scrambled and makes noise of their payload.
func scramble(ts []byte, pids ...int) {
	for i := 0; i+tsPacket <= len(ts); i += tsPacket {
		if p := ts[i : i+tsPacket]; slices.Contains(pids, int(p[1]&0x1f)<<8|int(p[2])) {
			p[3] |= 0x80
			for k := range p[4:] {
				p[4+k] ^= byte(k*k>>2) | 1
			}
		}
	}
}

// Every encoder's name by RFC 6381 is what its parameter sets say, in 8 and in 10 bits.
func TestEncodeCodecs(t *testing.T) {
	tests := []struct{ codec, profile, preset, want string }{
		{"libx264", "high", "veryfast", "avc1.640014"},
		{"libx264", "main", "veryfast", "avc1.4d4014"},
		{"libx265", "main", "ultrafast", "hvc1.1.6.L63.90"},
		{"libx265", "main10", "ultrafast", "hvc1.2.4.L63.90"},
		{"libsvtav1", "", "12", "av01.0.00M.08"},
	}
	s := newEncodeSource(t, protocol.Pattern{Frames: 40})
	for _, test := range tests {
		t.Run(test.codec+" "+test.profile, func(t *testing.T) {
			r := &s.ladder.Video[0]
			r.Codec, r.Profile, r.Preset = test.codec, test.profile, test.preset
			all := s.encodeAll(t, 24)
			if got := all.tracks[0].Codecs; got != test.want {
				t.Errorf("codecs %q, want %q", got, test.want)
			}
		})
	}
}

// Damage in the stream costs the pictures it hits, nothing else: every place is filled and the sound stays in step.
func TestEncodeDamaged(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{GOP: 12, Frames: 110})
	for i := range s.data {
		if at := i / tsPacket; at > 20 && at%211 == 0 && i%tsPacket > 12 {
			s.data[i] ^= byte(i>>2) | 1
		}
	}
	all := s.encodeAll(t, 96)
	d := all.decodedJoined(t, "240p", s.ladder.Grid.Rate)
	if len(d.numbers) != 96 {
		t.Fatalf("%d pictures, want 96", len(d.numbers))
	}
	right := 0
	for k, n := range d.numbers {
		if n == int64(k) {
			right++
		}
	}
	if right < 48 {
		t.Errorf("only %d of 96 places show their own picture", right)
	}
	sound := all.decodedJoined(t, "audio", s.ladder.Grid.Rate)
	if c := checkSineOf(sound.left, 0); math.Abs(c.delay) > 1 {
		t.Errorf("sine %s", c)
	}
}

// A task may have sound alone, or pictures alone.
func TestEncodeOneKind(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{NoVideo: true, Frames: 60})
	all := s.encodeAll(t, 48)
	if len(all.tracks) != 1 || all.tracks[0].Codecs != "mp4a.40.2" {
		t.Errorf("tracks of sound alone: %+v", all.tracks)
	}
	checkSound(t, s, all)
	s = newEncodeSource(t, protocol.Pattern{Audio: "none", Frames: 60})
	all = s.encodeAll(t, 48)
	if len(all.tracks) != 2 || all.tracks[0].Codecs != "avc1.640014" {
		t.Errorf("tracks of pictures alone: %+v", all.tracks)
	}
	wantNumbers(t, "240p", all.decodedJoined(t, "240p", s.ladder.Grid.Rate), 48, identity)
}
