package mediatest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// window is 5 ms: the sine's phase and level, and what is left beside it, are followed in such steps.
const window = rate / 200

// Sound is a decoded stereo track at 48 kHz.
type Sound struct {
	Left, Right []int16
	Start       float64 // of the first sample, in seconds on the media clock
}

// Samples decodes a file's audio. Any decoding error is an error.
func Samples(ctx context.Context, path string) (*Sound, error) {
	first, err := output(ctx, "ffprobe", "-v", "error", "-select_streams", "a:0", "-read_intervals", "%+#1", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
	if err != nil {
		return nil, err
	}
	s := &Sound{}
	if s.Start, err = strconv.ParseFloat(strings.Trim(string(first), ", \n"), 64); err != nil {
		return nil, fmt.Errorf("%s: first time stamp: %w", path, err)
	}
	err = stream(ctx, s.read, "ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-f", "s16le", "-ac", "2", "-ar", strconv.Itoa(rate), "-")
	return s, err
}

// read takes interleaved samples until their end.
func (s *Sound) read(r io.Reader) error {
	block := make([]byte, 1<<16)
	for {
		n, err := io.ReadFull(r, block)
		for b := block[:n&^3]; len(b) > 0; b = b[4:] {
			s.Left = append(s.Left, int16(binary.LittleEndian.Uint16(b)))
			s.Right = append(s.Right, int16(binary.LittleEndian.Uint16(b[2:])))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Breaks are the times, in seconds from the first sample, at which the sine on the left jumps in phase by more than 12
// degrees or leaves its level by more than a fifth. The first and the last 0.2 s are the encoder's own.
func (s *Sound) Breaks() []float64 {
	phases, levels := s.follow()
	const edge = 40
	if len(phases) <= 2*edge {
		return []float64{0}
	}
	middle := slices.Sorted(slices.Values(levels[edge : len(levels)-edge]))
	median := middle[len(middle)/2]
	var breaks []float64
	for i := edge; i < len(phases)-edge; i++ {
		step := math.Mod(phases[i]-phases[i-1]+3*math.Pi, 2*math.Pi) - math.Pi
		if math.Abs(step) > 12*math.Pi/180 || levels[i] < 0.8*median || levels[i] > 1.25*median || median < 1000 {
			breaks = append(breaks, float64(i)*window/rate)
		}
	}
	return breaks
}

// follow gives the sine's phase against the first sample, and its level, in each window.
func (s *Sound) follow() (phases, levels []float64) {
	for start := 0; start+window <= len(s.Left); start += window {
		t := fitTone(s.Left, start, start+window, sineHz)
		phases, levels = append(phases, t.phase), append(levels, t.level)
	}
	return phases, levels
}

// Beeps are the times on the media clock at which the bursts on the right begin. A burst's middle is measured: codecs smear
// both of its ends alike.
func (s *Sound) Beeps() []float64 {
	const (
		span  = 96        // 2 ms: whole periods of the burst, and of the sine nearly, so that neither is taken for the other
		burst = rate / 50 // 20 ms
	)
	levels := slidingLevels(s.Right, burstHz, span)
	if len(levels) == 0 || slices.Max(levels) < 1000 {
		return nil
	}
	loud := slices.Max(levels) / 2
	var beeps []float64
	for rise := 0; rise < len(levels); rise++ {
		if levels[rise] < loud {
			continue
		}
		fall := rise + 1 // behind the last that is loud: codecs may weaken a beep in its middle
		for i := fall; i < min(rise+burst+span, len(levels)); i++ {
			if levels[i] >= loud {
				fall = i + 1
			}
		}
		beeps = append(beeps, s.Start+float64(rise+fall+span-burst)/2/rate)
		rise = fall + rate/2
	}
	return beeps
}
