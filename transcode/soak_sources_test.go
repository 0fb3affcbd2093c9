package transcode

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rung"
	"rung/internal/mpegts"
	"rung/transcode/protocol"
)

// soakSource is a whole stream that is damaged again and again, and the task that it is for.
type soakSource struct {
	name   string
	stream []byte
	video  int // PID
	task   rung.Task
}

// taskOf is the task for what is left of the stream.
func (s soakSource) taskOf(stream []byte) rung.Task {
	task := s.task
	part := task.Parts[0]
	size := int64(len(stream))
	part.Object = &rung.ObjectRange{URL: "file:/soak", Size: size, End: size}
	task.Parts = []rung.Part{part}
	return task
}

// checkWhole holds a segment that is said to be done to its length: damage costs pictures, never grid places.
func (s soakSource) checkWhole(t *testing.T, n int64, e *Encoded) {
	t.Helper()
	for _, track := range e.Reply.Tracks {
		want := s.task.Interval.Frames
		if track.Type == "audio" {
			want = s.task.Interval.AudioFrames
		}
		if track.Frames != want {
			t.Errorf("segment %d, %s: rendition %s has %d frames, want %d", n, s.name, track.ID, track.Frames, want)
		}
	}
}

// soakFrames is the length of a segment: 0.96 s, the middle of a generated stream of soakStream pictures.
const (
	soakFrames = 24
	soakStream = 64
)

// generatedSources makes the streams of the engine's own: each video codec with each codec of sound, and the ways in which
// broadcasters code.
func generatedSources(t *testing.T) (sources []soakSource) {
	t.Helper()
	e := newRealEngine(t)
	pattern := protocol.Pattern{Width: 320, Height: 192, Rate: rung.R(25, 1), Frames: soakStream, GOP: 12, SampleRate: 48000, Channels: 2, BitRate: 400_000, Start: 1<<33 - 90_000}
	var patterns []protocol.Pattern
	for _, video := range []string{"h264", "hevc", "mpeg2video"} {
		for _, audio := range []string{"aac", "mp2", "ac3"} {
			p := pattern
			p.Codec, p.Audio = video, audio
			patterns = append(patterns, p)
		}
	}
	open, refresh, fields, top := patterns[0], patterns[0], patterns[0], patterns[6]
	open.OpenGOP, refresh.IntraRefresh, fields.Interlaced, top.Interlaced = true, true, "bff", "tff"
	for _, p := range append(patterns, open, refresh, fields, top) {
		var ts bytes.Buffer
		if err := e.Generate(t.Context(), p, &ts); err != nil {
			t.Fatal(err)
		}
		source := soakSource{name: fmt.Sprintf("%s %s %s", p.Codec, p.Audio, p.Interlaced), stream: ts.Bytes()}
		source.probe(t, e, "mpegts", 1)
		sources = append(sources, source)
	}
	return sources
}

// probe finds out what is in a source and makes the task for segment number n of it.
func (s *soakSource) probe(t *testing.T, e *Engine, format string, n int64) {
	t.Helper()
	media, err := e.Probe(t.Context(), bytes.NewReader(s.stream), int64(len(s.stream)), format)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	if len(media.Video) == 0 {
		t.Fatalf("%s has no video", s.name)
	}
	s.video = media.Video[0].PID
	s.task = soakTask(media, format, n)
}

// soakTask is the task for segment number n of a stream whose first picture is at place 0.
func soakTask(media rung.MediaInfo, format string, n int64) rung.Task {
	v := media.Video[0]
	wrap := 0
	if format == "mpegts" {
		wrap = 33
	}
	ladder := rung.Ladder{Profile: "soak", Grid: rung.Grid{Rate: rung.R(25, 1), SegmentFrames: soakFrames}, Deinterlace: "frame",
		Source: rung.Picture{Width: v.Width, Height: v.Height, SAR: v.SAR},
		Video: []rung.VideoRendition{{ID: "180p", Codec: "libx264", Width: 320, Height: 180, GOP: soakFrames, CRF: 30, Preset: "ultrafast", Profile: "high"},
			{ID: "90p", Codec: "libx264", Width: 160, Height: 90, GOP: soakFrames, CRF: 30, Preset: "ultrafast", Profile: "high"}}}
	part := rung.Part{Format: format, Video: &rung.VideoSource{Index: v.Index, PID: v.PID, Codec: v.Codec, TimeBase: v.TimeBase, WrapBits: wrap, Origin: v.StartTime, To: 1 << 40}}
	if i := slices.IndexFunc(media.Audio, func(a rung.AudioInfo) bool { return a.SampleRate > 0 }); i >= 0 {
		a := media.Audio[i]
		ladder.Audio = []rung.AudioRendition{{ID: "audio", Codec: "aac", BitRate: 128_000, Channels: 2, Name: "Stereo"}}
		part.Audio = []rung.AudioSource{{Index: a.Index, PID: a.PID, Codec: a.Codec, TimeBase: a.TimeBase, WrapBits: wrap, SampleRate: a.SampleRate,
			Channels: a.Channels, FrameSize: a.FrameSize, Origin: a.StartTime, To: 1 << 50}}
	}
	return rung.Task{ID: rung.SegmentID{Kind: rung.VOD, Owner: "soak", Session: "s1", Number: n}, Interval: ladder.Grid.Segment(n), Ladder: ladder, Prefix: "vod/soak/s1", Parts: []rung.Part{part}}
}

// recordedSources cuts pieces of a second and a half out of the transport streams in a folder, and takes its MP4 files whole.
func recordedSources(t *testing.T, folder string) (sources []soakSource) {
	t.Helper()
	e := newRealEngine(t)
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		stream, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(file.Name()) {
		case ".ts":
			for i, piece := range pieces(stream) {
				source := soakSource{name: fmt.Sprintf("%s, piece %d", file.Name(), i), stream: piece}
				source.probe(t, e, "mpegts", 0)
				sources = append(sources, source)
			}
		case ".mp4":
			source := soakSource{name: file.Name(), stream: stream}
			source.probe(t, e, "mov", 0)
			sources = append(sources, source)
		}
	}
	if len(sources) == 0 {
		t.Fatalf("there are no .ts and .mp4 files in %s", folder)
	}
	return sources
}

// cutter finds where a stream can be cut.
type cutter struct {
	psi   []byte
	rests []mpegts.Picture // random access points
}

func (c *cutter) Tables(t mpegts.Tables) { c.psi = t.PSI }
func (c *cutter) Picture(p mpegts.Picture) {
	if p.RandomAccess {
		c.rests = append(c.rests, p)
	}
}
func (c *cutter) Sound(mpegts.Sound)                 {}
func (c *cutter) Discontinuity(mpegts.Discontinuity) {}

// pieces are up to three stretches of a transport stream, each from a random access point on, with its tables in front.
func pieces(stream []byte) (all [][]byte) {
	a, c := mpegts.NewAnalyser(mpegts.AnalyserOptions{}), &cutter{}
	a.Analyse(stream[:len(stream)/mpegts.PacketSize*mpegts.PacketSize], c)
	for i, p := range c.rests {
		end := int64(len(stream))
		for _, later := range c.rests[i:] {
			if later.PTS-p.PTS > mpegts.Timescale*3/2 {
				end = later.Position
				break
			}
		}
		if i%max(1, len(c.rests)/3) == 0 && len(all) < 3 {
			all = append(all, slices.Concat(c.psi, stream[p.Position:end]))
		}
	}
	return all
}
