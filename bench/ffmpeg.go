package bench

import (
	"context"
	"os/exec"
	"strings"

	"rung"
)

// FFmpeg is a program that does the same work, for comparison.
type FFmpeg struct {
	Path    string // of the ffmpeg program
	Version string
}

// FindFFmpeg looks for the program: at the path, or on PATH where that is empty.
func FindFFmpeg(ctx context.Context, path string) (*FFmpeg, error) {
	if path == "" {
		path = "ffmpeg"
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return nil, rung.Errorf(rung.CodeNotFound, "install it, or name it with --ffmpeg", "ffmpeg: %w", err)
	}
	out, err := exec.CommandContext(ctx, found, "-version").Output()
	if err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, "name a program that is FFmpeg with --ffmpeg", "%s -version: %w", found, err)
	}
	// "ffmpeg version 7.1.5-0+deb13u1 Copyright ..."
	fields := strings.Fields(string(out))
	if len(fields) < 3 || fields[0] != "ffmpeg" {
		return nil, rung.Errorf(rung.CodeInvalid, "name a program that is FFmpeg with --ffmpeg", "%s -version says %.40q", found, out)
	}
	return &FFmpeg{Path: found, Version: fields[2]}, nil
}
