package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"rung"
	"rung/profiles"
	"rung/transcode"
	"rung/transcode/protocol"
)

// grades are the scenes of the built-in mix: nearly still bars, structure that moves as a calm camera does, and fast
// motion under coarse noise.
var grades = []struct {
	name          string
	motion, noise int
}{{"easy", 0, 0}, {"medium", 2, 2}, {"hard", 9, 5}}

// mixBitsPerPixel is what the streams of the mix are coded with, before the engine of the channel decodes them.
const mixBitsPerPixel = 0.25

// mixSource is the source that the mix stands for where a profile says no size of its own: full HD at 25.
var mixSource = rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}

// Mix makes the built-in synthetic mix for a profile: one stream for each rotation of the graded scenes, so that channels
// that begin together are never all at their hardest. The pictures are of the widest rendition's size. Streams that the
// folder has already are used again.
func Mix(ctx context.Context, dir string, p *profiles.Profile, engine transcode.EngineOptions) ([]Input, error) {
	ladder, err := p.Resolve(&mixSource, []rung.AudioInfo{{}})
	if err != nil {
		return nil, err
	}
	if len(ladder.Video) == 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "choose a profile with video, or give --input", "profile %q has no video to make pictures for", p.Name)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, rung.Errorf(rung.CodeUnavailable, "set XDG_CACHE_HOME to a folder that can be written", "inputs' folder: %w", err)
	}
	var all []Input
	for turn := range grades {
		in, err := mixStream(ctx, dir, ladder, turn, engine)
		if err != nil {
			return nil, err
		}
		in.Profile = p.Name
		all = append(all, in)
	}
	return all, nil
}

// mixStream makes or finds the stream whose first scene is grade number turn.
func mixStream(ctx context.Context, dir string, l rung.Ladder, turn int, engine transcode.EngineOptions) (Input, error) {
	pattern, scenes := mixPattern(l, turn)
	name := fmt.Sprintf("mix1-%dx%d-%dof%d-%s.ts", pattern.Width, pattern.Height, l.Grid.SegmentFrames, pattern.Frames, grades[turn].name)
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		if err := makeFile(path, engine, func(e *transcode.Engine, f *os.File) error { return e.Generate(ctx, pattern, f) }); err != nil {
			return Input{}, err
		}
	}
	in, err := inspect(ctx, path, engine)
	in.Scenes = scenes
	return in, err
}

// mixPattern is three scenes of whole segments, about 7.5 s each.
func mixPattern(l rung.Ladder, turn int) (protocol.Pattern, []SceneFigures) {
	rate := l.Grid.Rate
	segments := max(1, int64(7.5*rate.Float()/float64(l.Grid.SegmentFrames)+0.5))
	frames := segments * l.Grid.SegmentFrames
	p := protocol.Pattern{Width: l.Video[0].Width, Height: l.Video[0].Height, Rate: rate, Frames: frames * int64(len(grades)), Codec: "h264",
		GOP: int(rate.Float() + 0.5), Audio: "aac"}
	p.BitRate = int64(float64(p.Width*p.Height) * rate.Float() * mixBitsPerPixel)
	var scenes []SceneFigures
	for i := range grades {
		g := grades[(turn+i)%len(grades)]
		p.Scenes = append(p.Scenes, protocol.Scene{Frames: frames, Motion: g.motion, Noise: g.noise})
		scenes = append(scenes, SceneFigures{Grade: g.name, First: frames * int64(i), Frames: frames})
	}
	return p, scenes
}
