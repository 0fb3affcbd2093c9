package transcode

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"testing"

	"rung"
	"rung/profiles"
	"rung/transcode/protocol"
)

// newRealEngine is an Engine over the built program, closed at the test's end.
func newRealEngine(t *testing.T) *Engine {
	t.Helper()
	path := os.Getenv("RUNG_ENGINE")
	if path == "" {
		t.Fatal("RUNG_ENGINE does not name the built engine; run `make test`")
	}
	logger := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	return newFakeEngine(t, EngineOptions{Path: path, Logger: logger})
}

// The way of a file through the built engine: a stream is made, looked into, and its middle segment encoded, by two
// processes, to the same bytes.
func TestRealEngine(t *testing.T) {
	e := newRealEngine(t)
	const frames = 250
	var ts bytes.Buffer
	pattern := protocol.Pattern{Width: 640, Height: 360, Rate: rung.R(25, 1), Frames: frames, Codec: "h264", GOP: 25, Audio: "aac", SampleRate: 48000, Channels: 2}
	if err := e.Generate(t.Context(), pattern, &ts); err != nil {
		t.Fatal(err)
	}
	source := bytes.NewReader(ts.Bytes())
	media, err := e.Probe(t.Context(), source, source.Size(), "mpegts")
	if err != nil {
		t.Fatal(err)
	}
	if len(media.Video) != 1 || media.Video[0].Width != 640 || media.Video[0].FrameRate != rung.R(25, 1) || len(media.Audio) != 1 {
		t.Fatalf("the probe finds %+v", media)
	}
	task := segmentOf(t, media, frames, 1)
	first, err := e.Encode(t.Context(), task, []Input{source})
	if err != nil {
		t.Fatal(err)
	}
	for _, track := range first.Reply.Tracks {
		want := task.Interval.Frames
		if track.Type == "audio" {
			want = task.Interval.AudioFrames
		}
		if track.Frames != want || track.Codecs == "" {
			t.Errorf("track is %+v, want %d frames", track, want)
		}
	}
	if s := first.Reply.Stats; s.Slate != 0 || s.Repeated != 0 || s.DecodeErrors != 0 || s.SilenceSamples != 0 || s.CPUUS == 0 {
		t.Errorf("figures of a clean stream are %+v", s)
	}
	second, err := newRealEngine(t).Encode(t.Context(), task, []Input{source})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(first.Objects, second.Objects, bytes.Equal) {
		t.Error("two engines give different bytes for the same task")
	}
}

// segmentOf is segment number n of a stream whose pictures and sound begin at frame 0 and sample 0.
func segmentOf(t *testing.T, media rung.MediaInfo, frames, n int64) rung.Task {
	t.Helper()
	v, a := media.Video[0], media.Audio[0]
	ladder, err := profiles.Find("sd3").Resolve(&v, media.Audio)
	if err != nil {
		t.Fatal(err)
	}
	return rung.Task{
		ID: rung.SegmentID{Kind: rung.VOD, Owner: "test", Session: "s1", Number: n}, Interval: ladder.Grid.Segment(n), Ladder: ladder, Prefix: "vod/test/s1",
		Parts: []rung.Part{{
			Object: &rung.ObjectRange{URL: "file:/secret", Size: media.Size, End: media.Size}, Format: "mpegts",
			Video: &rung.VideoSource{Index: v.Index, PID: v.PID, Codec: v.Codec, TimeBase: v.TimeBase, WrapBits: 33, Origin: v.StartTime, To: frames},
			Audio: []rung.AudioSource{{Index: a.Index, PID: a.PID, Codec: a.Codec, TimeBase: a.TimeBase, WrapBits: 33, SampleRate: a.SampleRate,
				Channels: a.Channels, FrameSize: a.FrameSize, Origin: a.StartTime, To: frames * rung.AudioRate / 25}},
		}},
	}
}

// An endless stream ends with its context, and the engine serves on.
func TestRealEngineEndlessStream(t *testing.T) {
	e := newRealEngine(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pattern := protocol.Pattern{Width: 320, Height: 180, Rate: rung.R(25, 1), Codec: "h264", GOP: 25, Audio: "none"}
	var ts packets
	err := e.Generate(ctx, pattern, io.MultiWriter(&ts, writerFunc(func() {
		if ts.count > 100 {
			cancel()
		}
	})))
	wantError(t, err, rung.CodeCanceled)
	if ts.err != nil {
		t.Error(ts.err)
	}
	_, err = e.Probe(t.Context(), bytes.NewReader(make([]byte, 50_000)), 50_000, "")
	if code := rung.CodeOf(err); code != rung.CodeBadInput && code != rung.CodeUnsupported {
		t.Errorf("a probe of zeros gives %v", err)
	}
}

// packets counts whole transport packets.
type packets struct {
	rest  []byte
	count int
	err   error
}

func (p *packets) Write(b []byte) (int, error) {
	p.rest = append(p.rest, b...)
	for ; len(p.rest) >= 188; p.rest = p.rest[188:] {
		if p.rest[0] != 0x47 {
			p.err = errors.New("a packet does not begin with 0x47")
		}
		p.count++
	}
	return len(b), nil
}

// writerFunc is called at each write.
type writerFunc func()

func (f writerFunc) Write(b []byte) (int, error) {
	f()
	return len(b), nil
}
