package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"rung"
)

// peerProcess is one channel by FFmpeg.
type peerProcess struct {
	channel liveChannel
	dir     string
	cmd     *exec.Cmd
	stderr  bytes.Buffer
	begun   time.Time
}

// start starts the process; wait has to be called.
func (p *peerProcess) start(program string) error {
	args, err := peerLiveArgs(p.channel.input.Path, p.dir, p.channel.ladder)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return rung.Errorf(rung.CodeUnavailable, "set TMPDIR to a folder that can be written", "ffmpeg's output: %w", err)
	}
	p.cmd = exec.Command(program, args...)
	p.cmd.Stderr = &p.stderr
	p.begun = time.Now()
	if err := p.cmd.Start(); err != nil {
		return rung.Errorf(rung.CodeUnavailable, "name the program with --ffmpeg", "ffmpeg: %w", err)
	}
	return nil
}

// wait kills the process when ctx ends; one that ends by itself is an error.
func (p *peerProcess) wait(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer stop()
	err := p.cmd.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text := bytes.TrimSpace(p.stderr.Bytes())
	return rung.Errorf(rung.CodeUnsupported, "try its command line by hand", "ffmpeg ended by itself (%v): %s", err, text[max(0, len(text)-500):])
}

// segments are those due in [from, to): the time at which the last of a segment's files was written is when players could
// have it. FFmpeg reads its input at the input's own pace from its start on, so segment k's last packet is read k+1
// segments after that.
func (p *peerProcess) segments(from, to time.Time) ([]segmentTime, error) {
	length := p.channel.segment()
	first := max(0, int64(from.Sub(p.begun)/length)-1)
	var all []segmentTime
	for k := first; ; k++ {
		s := segmentTime{due: p.begun.Add(time.Duration(k+1) * length), length: length}
		if !s.due.Before(to) {
			return all, nil
		}
		if s.due.Before(from) {
			continue
		}
		s.deadline = s.due.Add(deadlineSegments * length)
		var err error
		if s.listed, err = p.written(k); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
}

// written is when segment k was complete in all renditions; zero where one is not there yet. FFmpeg writes a segment at
// its end, in one piece.
func (p *peerProcess) written(k int64) (time.Time, error) {
	var last time.Time
	lists := len(p.channel.ladder.Video) + min(len(p.channel.ladder.Audio), 1)
	for i := range lists {
		info, err := os.Stat(filepath.Join(p.dir, fmt.Sprintf(peerSegment, i, k)))
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
			return time.Time{}, nil
		}
		if err != nil {
			return time.Time{}, err
		}
		if info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last, nil
}
