package mediatest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"rung"
)

// Picture is one decoded picture of the test pattern.
type Picture struct {
	Number int64
	Flash  bool
	Time   float64 // seconds, on the media clock
}

// Size is the size that the pattern was drawn at, in the source's own pixels.
type Size struct{ Width, Height int }

// Pictures decodes a file's video and reads each picture's number and flash. Any decoding error is an error.
func Pictures(ctx context.Context, path string, source Size) ([]Picture, error) {
	coded, times, err := pictureTimes(ctx, path)
	if err != nil {
		return nil, err
	}
	side := float64(source.Width / (numberBits + 2) / 8 * 8)
	block := blockSize{side * float64(coded.Width) / float64(source.Width), side * float64(coded.Height) / float64(source.Height)}
	rows := (int(math.Ceil(2*block.height)) + 2) / 2 * 2
	pictures := make([]Picture, 0, len(times))
	luma := make([]byte, coded.Width*rows)
	err = stream(ctx, func(r io.Reader) error {
		for {
			if _, err := io.ReadFull(r, luma); err != nil {
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
			pictures = append(pictures, readPicture(luma, coded.Width, block))
		}
	}, "ffmpeg", "-v", "error", "-i", path, "-map", "0:v:0", "-vf", fmt.Sprintf("crop=%d:%d:0:0,format=gray", coded.Width, rows),
		"-fps_mode", "passthrough", "-f", "rawvideo", "-")
	if err != nil {
		return nil, err
	}
	if len(pictures) != len(times) {
		return nil, fmt.Errorf("%s: %d pictures were decoded of %d", path, len(pictures), len(times))
	}
	for i := range pictures {
		pictures[i].Time = times[i]
	}
	return pictures, nil
}

// blockSize is the size of one block of the number as it came out: source pixels need not be square.
type blockSize struct{ width, height float64 }

func readPicture(luma []byte, width int, block blockSize) Picture {
	var p Picture
	number, flash := int(block.height*0.5)*width, int(block.height*1.5)*width
	for i := range numberBits {
		p.Number <<= 1
		if luma[number+int((float64(i)+0.5)*block.width)] > 125 {
			p.Number |= 1
		}
	}
	p.Flash = luma[flash+int(12.5*block.width)] > 125
	return p
}

// pictureTimes are the pictures' time stamps in output order, and their coded size.
func pictureTimes(ctx context.Context, path string) (coded Size, times []float64, err error) {
	out, err := output(ctx, "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,time_base:packet=pts", "-of", "json", path)
	if err != nil {
		return coded, nil, err
	}
	var probe struct {
		Streams []struct {
			Size
			TimeBase string `json:"time_base"`
		}
		Packets []struct{ PTS int64 }
	}
	if err := json.Unmarshal(out, &probe); err != nil || len(probe.Streams) == 0 {
		return coded, nil, fmt.Errorf("%s: no video: %w", path, err)
	}
	tick, err := rung.ParseRational(probe.Streams[0].TimeBase)
	if err != nil {
		return coded, nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, p := range probe.Packets {
		times = append(times, float64(p.PTS)*float64(tick.Num)/float64(tick.Den))
	}
	slices.Sort(times)
	return probe.Streams[0].Size, times, nil
}
