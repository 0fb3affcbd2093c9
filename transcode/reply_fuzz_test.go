package transcode

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"testing"

	"rung"
	"rung/profiles"
	"rung/transcode/protocol"
)

// FuzzReplies gives anything as the engine's replies. What is let through can be reckoned with: a ladder comes of it, and
// time stamps can be moved from one base to another.
func FuzzReplies(f *testing.F) {
	for _, reply := range []any{
		protocol.ProbeReply{Media: rung.MediaInfo{Format: "mpegts", Programs: []rung.Program{{Number: 1, Name: "one", Streams: []int{256, 257}}},
			Video: []rung.VideoInfo{{PID: 256, Codec: "h264", Width: 1440, Height: 1080, SAR: rung.R(4, 3), FrameRate: rung.R(30000, 1001), TimeBase: rung.R(1, 90000), StartTime: 1 << 33}},
			Audio: []rung.AudioInfo{{Index: 1, PID: 257, Codec: "ac3", Language: "fra", SampleRate: 48000, Channels: 6, FrameSize: 1536, TimeBase: rung.R(1, 90000)}}}},
		protocol.ProbeReply{Media: rung.MediaInfo{Video: []rung.VideoInfo{{Width: 1, Height: 1 << 14, TimeBase: rung.R(1, 1), FrameRate: rung.R(1, 1<<31)}}}},
		protocol.IndexReply{Video: []protocol.VideoPacket{{PTS: 2, DTS: -1, Key: true}, {PTS: 1 << 61}}, Audio: []protocol.AudioSpan{{First: -1024, End: 48000}}},
		protocol.EncodeReply{Tracks: []protocol.EncodedTrack{{ID: "720p", Type: "video", Frames: 96, Codecs: "hvc1.1.6.L93.B0", Width: 1280, Height: 720}}},
	} {
		text, err := json.Marshal(reply)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var probe protocol.ProbeReply
		if json.Unmarshal(text, &probe) == nil && checkMedia(probe.Media) == nil {
			resolveAll(t, probe.Media)
		}
		var index protocol.IndexReply
		if json.Unmarshal(text, &index) == nil && checkIndex(index, 1) == nil {
			for _, v := range index.Video {
				if d := v.PTS - index.Audio[0].First; v.PTS > index.Audio[0].First != (d > 0) {
					t.Fatalf("from %d to %d is %d", index.Audio[0].First, v.PTS, d)
				}
			}
		}
		var encode protocol.EncodeReply
		if json.Unmarshal(text, &encode) == nil {
			for _, track := range encode.Tracks {
				if checkTrack(rung.SegmentID{}, track) == nil && bytes.ContainsAny([]byte(track.Codecs), "\n\r\", /") {
					t.Fatalf("codecs %q would break a playlist", track.Codecs)
				}
			}
		}
	})
}

// resolveAll makes each built-in profile's ladder for what a probe has found.
func resolveAll(t *testing.T, m rung.MediaInfo) {
	t.Helper()
	var video *rung.VideoInfo
	if len(m.Video) > 0 {
		video = &m.Video[0]
		rung.Rescale(video.StartTime, video.TimeBase, rung.R(1, 90000))
	}
	for _, p := range profiles.Builtin() {
		ladder, err := p.Resolve(video, m.Audio[:min(4, len(m.Audio))])
		if err != nil {
			continue // it has nothing for such a source
		}
		if g := ladder.Grid; g.Rate.IsZero() || g.SegmentFrames < 1 || g.Segment(1000).Frames != g.SegmentFrames || g.Micros(g.SegmentFrames) < 0 {
			t.Fatalf("%s: grid %+v for %+v", p.Name, g, video)
		}
		for _, v := range ladder.Video {
			if v.Width < 2 || v.Height < 2 || v.Width > maxSide || v.Height > maxSide || v.GOP < 1 || ladder.Grid.SegmentFrames%v.GOP != 0 {
				t.Fatalf("%s: rendition %+v of %+v", p.Name, v, video)
			}
		}
	}
}

// FuzzExchange lets a child say anything during a request. The request ends, with what was asked for or an error, no read
// leaves the input and no output is longer than what the child has sent.
func FuzzExchange(f *testing.F) {
	say := func(messages ...func(*protocol.Conn) error) []byte {
		var wire bytes.Buffer
		c := protocol.NewConn(nil, &wire)
		for _, m := range messages {
			if err := m(c); err != nil {
				f.Fatal(err)
			}
		}
		return wire.Bytes()
	}
	read := func(c *protocol.Conn) error {
		return c.WriteRead(protocol.ReadRequest{Offset: 3, Length: 1 << 20})
	}
	output := func(c *protocol.Conn) error { return c.WriteOutput("720p/media", []byte("a segment")) }
	done := func(c *protocol.Conn) error {
		return c.WriteJSON(protocol.MsgDone, protocol.EncodeReply{Tracks: []protocol.EncodedTrack{{ID: "720p"}}})
	}
	failed := func(c *protocol.Conn) error {
		return c.WriteJSON(protocol.MsgFailed, rung.Errorf(rung.CodeBadInput, "", "no picture"))
	}
	f.Add(say(read, output, output, done))
	f.Add(say(read, failed))
	f.Add(say(output)[:12])
	f.Add(binary.BigEndian.AppendUint32([]byte{byte(protocol.MsgOutput), 0, 0, 0}, 1<<31))
	f.Fuzz(func(t *testing.T, wire []byte) {
		const size = 100
		got := 0
		x := exchange{
			conn: protocol.NewConn(bytes.NewReader(wire), io.Discard), inputs: []io.ReaderAt{bytes.NewReader(make([]byte, size))},
			output: func(_ string, data []byte) error { got += len(data); return nil },
		}
		reply, err := x.run(protocol.Request{Op: protocol.OpEncode, Inputs: []protocol.Input{{Size: size}}})
		if (err == nil) != (reply != nil) {
			t.Fatalf("reply %q and error %v", reply, err)
		}
		if got > len(wire) || len(reply) > len(wire) || cap(x.buf) > maxRead {
			t.Fatalf("%d bytes of output and %d of reply of %d, %d kept", got, len(reply), len(wire), cap(x.buf))
		}
	})
}

// FuzzParsePattern reads any test source's address: what is taken is within what the engine makes.
func FuzzParsePattern(f *testing.F) {
	for _, address := range []string{"test:", "test:?size=1280x720&rate=29.97&codec=hevc&audio=ac3&channels=6", "test:?size=0x0", "test:?rate=1/0", "test:?gop=-1",
		"test:?frames=9999999999", "test:?sar=64:45&interlaced=tff&start=8589934592", "test:?size=%zz", "udp://a", "test:?codec=none&audio=none"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		p, err := ParsePattern(address)
		if err != nil {
			if rung.CodeOf(err) != rung.CodeInvalid {
				t.Fatalf("%q: code %q: %v", address, rung.CodeOf(err), err)
			}
			return
		}
		if p.Width%2 != 0 || p.Height%2 != 0 || p.Width < 208 || p.Height < 64 || p.Rate.IsZero() || p.GOP < 1 || p.Frames < 0 || p.Start < 0 || p.SampleRate <= 0 {
			t.Fatalf("%q gives %+v", address, p)
		}
	})
}

// The engine's replies are refused where they are beyond reason: it may have been taken over by what it read.
func TestRepliesOutOfBounds(t *testing.T) {
	good := rung.VideoInfo{Codec: "h264", Width: 1920, Height: 1080, FrameRate: rung.R(25, 1), TimeBase: rung.R(1, 90000)}
	for name, change := range map[string]func(*rung.VideoInfo){
		"no time base": func(v *rung.VideoInfo) { v.TimeBase = rung.Rational{} }, "too wide": func(v *rung.VideoInfo) { v.Width = 1 << 20 },
		"negative": func(v *rung.VideoInfo) { v.Height = -2 }, "too fast": func(v *rung.VideoInfo) { v.FrameRate = rung.R(1<<31, 1) },
		"before time": func(v *rung.VideoInfo) { v.StartTime = -1 << 62 },
	} {
		v := good
		if err := checkMedia(rung.MediaInfo{Video: []rung.VideoInfo{v}}); err != nil {
			t.Fatal(err)
		}
		change(&v)
		wantError(t, checkMedia(rung.MediaInfo{Video: []rung.VideoInfo{v}}), rung.CodeEngine)
		t.Log(name)
	}
	for _, codecs := range []string{"avc1.64001f\",URI=\"x", "avc1\n#EXT-X-ENDLIST", "a,b", " "} {
		wantError(t, checkTrack(rung.SegmentID{}, protocol.EncodedTrack{ID: "720p", Codecs: codecs}), rung.CodeEngine)
	}
	for _, codecs := range []string{"avc1.64001f", "hvc1.1.6.L93.B0", "av01.0.04M.08.0.110.01.01.01.0", "mp4a.40.2", ""} {
		if err := checkTrack(rung.SegmentID{}, protocol.EncodedTrack{ID: "720p", Codecs: codecs}); err != nil {
			t.Error(err)
		}
	}
	wantError(t, checkIndex(protocol.IndexReply{Audio: []protocol.AudioSpan{{First: 2, End: 1}}}, 1), rung.CodeEngine)
	wantError(t, checkIndex(protocol.IndexReply{}, 1), rung.CodeEngine)
}
