package mediatest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ffmpegTool is the path of ffmpeg or ffprobe as built with the engine.
func ffmpegTool(name string) (string, error) {
	dir := os.Getenv("RUNG_FFMPEG_BIN")
	if dir == "" {
		return "", fmt.Errorf("RUNG_FFMPEG_BIN does not name the folder of the engine's ffmpeg; run `make test`")
	}
	return filepath.Join(dir, name), nil
}

// output runs a tool and gives what it prints. A tool that complains has failed.
func output(ctx context.Context, tool string, args ...string) ([]byte, error) {
	var out bytes.Buffer
	err := stream(ctx, func(r io.Reader) error {
		_, err := out.ReadFrom(r)
		return err
	}, tool, args...)
	return out.Bytes(), err
}

// stream runs a tool and lets read have what it prints while it runs: ten minutes of pictures are not kept.
func stream(ctx context.Context, read func(io.Reader) error, tool string, args ...string) error {
	path, err := ffmpegTool(tool)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	failed := read(out)
	if failed != nil {
		cancel() // it may wait for somebody to read on
	}
	err = cmd.Wait()
	if failed != nil {
		err = failed
	} else if err == nil && stderr.Len() > 0 {
		err = fmt.Errorf("it complains")
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", tool, strings.Join(args, " "), err, stderr.Bytes())
	}
	return nil
}
