package mediatest

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The test pattern's marks: see protocol.Pattern.
const (
	numberBits = 24
	sineHz     = 997.0
	rate       = 48000
	window     = rate / 200 // 5 ms: the sine's phase and level are followed in such steps
)

// Picture is one decoded picture of the test pattern.
type Picture struct {
	Number int64
	Flash  bool
	Time   float64 // seconds, on the media clock
}

// ffmpegTool is the path of ffmpeg or ffprobe as built with the engine.
func ffmpegTool(name string) (string, error) {
	dir := os.Getenv("RUNG_FFMPEG_BIN")
	if dir == "" {
		return "", fmt.Errorf("RUNG_FFMPEG_BIN does not name the folder of the engine's ffmpeg; run `make test`")
	}
	return filepath.Join(dir, name), nil
}

func output(ctx context.Context, tool string, args ...string) ([]byte, error) {
	path, err := ffmpegTool(tool)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil && stderr.Len() > 0 {
		err = fmt.Errorf("it complains")
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", tool, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}

// Size is the size that the pattern was drawn at, in the source's own pixels.
type Size struct{ Width, Height int }

// Pictures decodes a file's video and reads each picture's number and flash. Any decoding error is an error.
func Pictures(ctx context.Context, path string, source Size) ([]Picture, error) {
	coded, times, err := pictureTimes(ctx, path)
	if err != nil {
		return nil, err
	}
	width := coded.Width
	side := float64(source.Width / (numberBits + 2) / 8 * 8)
	block := blockSize{side * float64(width) / float64(source.Width), side * float64(coded.Height) / float64(source.Height)}
	rows := (int(math.Ceil(2*block.height)) + 2) / 2 * 2
	raw, err := output(ctx, "ffmpeg", "-v", "error", "-i", path, "-map", "0:v:0", "-vf", fmt.Sprintf("crop=%d:%d:0:0,format=gray", width, rows),
		"-fps_mode", "passthrough", "-f", "rawvideo", "-")
	if err != nil {
		return nil, err
	}
	size := width * rows
	if len(raw) != size*len(times) {
		return nil, fmt.Errorf("%s: %d bytes of pictures, not %d of %d", path, len(raw), len(times), size)
	}
	pictures := make([]Picture, len(times))
	for i := range pictures {
		pictures[i] = readPicture(raw[i*size:(i+1)*size], width, block)
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

func pictureTimes(ctx context.Context, path string) (coded Size, times []float64, err error) {
	out, err := output(ctx, "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height:packet=pts_time", "-of", "json", path)
	if err != nil {
		return coded, nil, err
	}
	var probe struct {
		Streams []Size
		Packets []struct {
			PTS string `json:"pts_time"`
		}
	}
	if err := json.Unmarshal(out, &probe); err != nil || len(probe.Streams) == 0 {
		return coded, nil, fmt.Errorf("%s: no video: %w", path, err)
	}
	for _, p := range probe.Packets {
		t, err := strconv.ParseFloat(p.PTS, 64)
		if err != nil {
			return coded, nil, fmt.Errorf("%s: time stamp %q: %w", path, p.PTS, err)
		}
		times = append(times, t)
	}
	slices.Sort(times)
	return probe.Streams[0], times, nil
}

// Sound is a decoded stereo track at 48 kHz.
type Sound struct {
	Left, Right []int16
	Start       float64 // of the first sample, in seconds on the media clock
}

// Samples decodes a file's audio. Any decoding error is an error.
func Samples(ctx context.Context, path string) (*Sound, error) {
	raw, err := output(ctx, "ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-f", "s16le", "-ac", "2", "-ar", strconv.Itoa(rate), "-")
	if err != nil {
		return nil, err
	}
	first, err := output(ctx, "ffprobe", "-v", "error", "-select_streams", "a:0", "-read_intervals", "%+#1", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
	if err != nil {
		return nil, err
	}
	s := &Sound{}
	if s.Start, err = strconv.ParseFloat(strings.Trim(string(first), ", \n"), 64); err != nil {
		return nil, fmt.Errorf("%s: first time stamp: %w", path, err)
	}
	for r := bytes.NewReader(raw); ; {
		var pair [2]int16
		if err := binary.Read(r, binary.LittleEndian, &pair); err == io.EOF || err == io.ErrUnexpectedEOF {
			return s, nil
		} else if err != nil {
			return nil, err
		}
		s.Left, s.Right = append(s.Left, pair[0]), append(s.Right, pair[1])
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
	const step = 2 * math.Pi * sineHz / rate
	for start := 0; start+window <= len(s.Left); start += window {
		var c, q float64
		for i := range window {
			v := float64(s.Left[start+i])
			c += v * math.Cos(step*float64(i))
			q += v * math.Sin(step*float64(i))
		}
		phases = append(phases, math.Mod(math.Atan2(c, q)-step*float64(start), 2*math.Pi))
		levels = append(levels, math.Hypot(c, q)*2/window)
	}
	return phases, levels
}

// Beeps are the times on the media clock at which the bursts on the right begin.
func (s *Sound) Beeps() []float64 {
	var beeps []float64
	quiet := rate // a beep at the very start counts
	for i, v := range s.Right {
		if v < -3000 || v > 3000 {
			if quiet > rate/2 {
				beeps = append(beeps, s.Start+float64(i)/rate)
			}
			quiet = 0
		} else {
			quiet++
		}
	}
	return beeps
}
