package bench

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"rung"
	"rung/transcode"
)

// Recordings makes the user's own files ready: transport streams are read where they are, other containers are rewritten
// as transport streams into the folder, without decoding, so that it costs nothing while channels run.
func Recordings(ctx context.Context, dir string, paths []string, engine transcode.EngineOptions) ([]Input, error) {
	var all []Input
	for _, path := range paths {
		in, err := recording(ctx, dir, path, engine)
		if err != nil {
			return nil, err
		}
		if in.Width == 0 {
			return nil, rung.Errorf(rung.CodeBadInput, "`rung probe FILE` says what it holds", "input %q has no video", path)
		}
		in.Name = filepath.Base(path)
		in.Scenes = []SceneFigures{{Frames: rung.Rescale(in.DurationUS, rung.Rational{Num: 1, Den: 1_000_000}, in.FrameRate.Inverse())}}
		all = append(all, in)
	}
	return all, nil
}

func recording(ctx context.Context, dir, path string, engine transcode.EngineOptions) (Input, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Input{}, rung.Errorf(rung.CodeInvalid, "", "input %q: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return Input{}, rung.Errorf(rung.CodeNotFound, "name a file that is there", "input %q: %w", path, errors.Unwrap(err))
	}
	in, format, err := inspectFormat(ctx, path, engine)
	if err != nil || format == "mpegts" {
		return in, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Input{}, rung.Errorf(rung.CodeUnavailable, "set XDG_CACHE_HOME to a folder that can be written", "inputs' folder: %w", err)
	}
	// The name is the file's identity, so that one that has changed is rewritten.
	id := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", path, info.Size(), info.ModTime().UnixNano()))
	stream := filepath.Join(dir, fmt.Sprintf("own-%x.ts", id[:8]))
	if _, err := os.Stat(stream); err != nil {
		if err := makeFile(stream, engine, func(e *transcode.Engine, f *os.File) error { return remux(ctx, e, path, f) }); err != nil {
			return Input{}, err
		}
	}
	return inspect(ctx, stream, engine)
}

func remux(ctx context.Context, e *transcode.Engine, path string, to *os.File) error {
	from, err := os.Open(path)
	if err != nil {
		return rung.Errorf(rung.CodeBadInput, "check the file and its disk", "input: %w", err)
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return rung.Errorf(rung.CodeBadInput, "check the file and its disk", "input: %w", err)
	}
	return e.Remux(ctx, from, info.Size(), "", false, to)
}

// makeFile writes a file by work, whole or not at all.
func makeFile(path string, engine transcode.EngineOptions, work func(*transcode.Engine, *os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".making-*")
	if err != nil {
		return rung.Errorf(rung.CodeUnavailable, "set XDG_CACHE_HOME to a folder that can be written", "input: %w", err)
	}
	defer os.Remove(f.Name())
	e, err := transcode.NewEngine(engine)
	if err == nil {
		err = errors.Join(work(e, f), e.Close())
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// inspect asks an engine what a file holds.
func inspect(ctx context.Context, path string, engine transcode.EngineOptions) (Input, error) {
	in, _, err := inspectFormat(ctx, path, engine)
	return in, err
}

// inspectFormat is inspect, and gives libavformat's name of the container too.
func inspectFormat(ctx context.Context, path string, engine transcode.EngineOptions) (in Input, format string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return Input{}, "", rung.Errorf(rung.CodeBadInput, "check the file and its disk", "input: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Input{}, "", rung.Errorf(rung.CodeBadInput, "check the file and its disk", "input: %w", err)
	}
	e, err := transcode.NewEngine(engine)
	if err != nil {
		return Input{}, "", err
	}
	m, err := e.Probe(ctx, f, info.Size(), "")
	if err := errors.Join(err, e.Close()); err != nil {
		return Input{}, "", err
	}
	return inputOf(path, info.Size(), m), m.Format, nil
}

// inputOf reads what a probe found.
func inputOf(path string, size int64, m rung.MediaInfo) Input {
	in := Input{Name: filepath.Base(path), Path: path, Bytes: size, DurationUS: m.Duration, Audio: len(m.Audio)}
	if len(m.Video) > 0 {
		v := m.Video[0]
		in.Codec, in.Width, in.Height, in.FrameRate, in.Interlaced = v.Codec, v.Width, v.Height, v.FrameRate, v.Interlaced
		if pixels := float64(v.Width*v.Height) * v.FrameRate.Float() * float64(m.Duration) / 1e6; pixels > 0 {
			in.BitsPerPixel = math.Round(float64(8*size)/pixels*1e4) / 1e4
		}
	}
	return in
}
