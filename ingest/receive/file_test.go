package receive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rung"
	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// writeFile makes a file of the test's.
func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// played is what a receiver delivered, and when.
type played struct {
	data  []byte
	times []time.Time
	err   error
}

// play runs a receiver on a clock of its own until it ends, or until it has delivered limit bytes.
func play(t *testing.T, src rung.Source, o Options, limit int) played {
	t.Helper()
	o.Clock = newFakeClock()
	r, err := New(src, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var p played
	p.err = r.Run(ctx, func(b []byte, at time.Time) {
		p.data = append(p.data, b...)
		p.times = append(p.times, at)
		if limit > 0 && len(p.data) >= limit {
			cancel()
		}
	})
	return p
}

func TestFilePlaysOnceAtItsOwnPace(t *testing.T) {
	clip := mpegtest.Clip{Frames: 50, GOP: 10, FrameSize: 3000}.Bytes()
	p := play(t, rung.Source{URL: "file:" + writeFile(t, "a.ts", clip)}, Options{}, 0)
	if p.err != nil || !bytes.Equal(p.data, clip) {
		t.Fatalf("%d of %d bytes, %v", len(p.data), len(clip), p.err)
	}
	if took, want := p.times[len(p.times)-1].Sub(p.times[0]), 49*40*time.Millisecond; took != want {
		t.Errorf("took %v, want %v", took, want)
	}
}

// counter is an mpegts.Handler that keeps times.
type counter struct {
	pts    []int64
	sounds []int64
	breaks []mpegts.Discontinuity
}

func (c *counter) Tables(mpegts.Tables)                 {}
func (c *counter) Picture(p mpegts.Picture)             { c.pts = append(c.pts, p.PTS) }
func (c *counter) Sound(s mpegts.Sound)                 { c.sounds = append(c.sounds, s.PTS) }
func (c *counter) Discontinuity(d mpegts.Discontinuity) { c.breaks = append(c.breaks, d) }

func analyseAll(b []byte) (*counter, rung.SourceFigures) {
	a, c := mpegts.NewAnalyser(mpegts.AnalyserOptions{}), &counter{}
	a.Analyse(b[:len(b)/mpegts.PacketSize*mpegts.PacketSize], c)
	return c, a.Figures()
}

func TestFileLoopsWithoutABreak(t *testing.T) {
	for name, clip := range map[string]mpegtest.Clip{
		"plain":           {Frames: 50, GOP: 10, Start: 90_000, FrameSize: 700},
		"across the wrap": {Frames: 50, GOP: 10, Start: 1<<33 - 200_000, FrameSize: 700},
		"no sound":        {Frames: 7, GOP: 7, Start: 90_000, FrameSize: 300, NoAudio: true},
	} {
		t.Run(name, func(t *testing.T) {
			stream := clip.Bytes()
			p := play(t, rung.Source{URL: "file:" + writeFile(t, "a.ts", stream), Loop: true}, Options{}, 7*len(stream))
			if !errors.Is(p.err, context.Canceled) {
				t.Fatal(p.err)
			}
			c, f := analyseAll(p.data)
			if len(c.breaks) != 0 || f.ContinuityErrors != 0 || f.PCRMissing != 0 || len(c.pts) < 6*clip.Frames {
				t.Fatalf("%d pictures, breaks %+v, figures %+v", len(c.pts), c.breaks, f)
			}
			for i, pts := range c.pts {
				if want := c.pts[0] + int64(i)*mpegtest.FrameTicks; pts != want {
					t.Fatalf("picture %d at %d, want %d", i, pts, want)
				}
			}
			for i := 1; i < len(c.sounds); i++ {
				if step := c.sounds[i] - c.sounds[i-1]; step < mpegtest.SoundTicks || step >= 2*mpegtest.SoundTicks {
					t.Fatalf("sound %d follows after %d", i, step)
				}
			}
			pace := p.times[len(p.times)-1].Sub(p.times[0])
			if want := time.Duration(len(c.pts)) * 40 * time.Millisecond; pace < want-200*time.Millisecond || pace > want+200*time.Millisecond {
				t.Errorf("%d pictures took %v", len(c.pts), pace)
			}
		})
	}
}

// A file cut anywhere, as recordings are, begins with the ends of things: those must not get into the pass before.
func TestFileLoopsARecording(t *testing.T) {
	whole := mpegtest.Clip{Frames: 60, GOP: 10, Start: 90_000, FrameSize: 2500}.Bytes()
	n := len(whole) / mpegtest.PacketSize
	cut := whole[n/7*mpegtest.PacketSize : n*5/6*mpegtest.PacketSize+50]
	p := play(t, rung.Source{URL: "file:" + writeFile(t, "a.ts", cut), Loop: true}, Options{}, 5*len(cut))
	c, f := analyseAll(p.data)
	if len(c.breaks) != 0 || f.ContinuityErrors != 0 {
		t.Fatalf("breaks %+v, %d continuity errors", c.breaks, f.ContinuityErrors)
	}
	for i := range c.pts {
		if c.pts[i] != c.pts[0]+int64(i)*mpegtest.FrameTicks {
			t.Fatalf("picture %d at %d, want %d", i, c.pts[i], c.pts[0]+int64(i)*mpegtest.FrameTicks)
		}
	}
}

func TestLoopLengthDoesNotDrift(t *testing.T) {
	rate := rung.Rational{Num: 24000, Den: 1001}
	l := newLoopLength(rung.Rescale(7, rate.Inverse(), stampBase), rate)
	if got, want := l.times(1_000_000), int64(7_000_000)*90000*1001/24000; got != want {
		t.Errorf("a million passes of 7 frames last %d, want %d", got, want)
	}
	if odd := newLoopLength(12_345, rate); odd.times(3) != 3*12_345 {
		t.Errorf("three passes of 12345 last %d", odd.times(3))
	}
}

func TestFileErrors(t *testing.T) {
	for name, c := range map[string]struct {
		src  rung.Source
		code rung.Code
	}{
		"none":         {rung.Source{URL: "file:/nonexistent/x.ts"}, rung.CodeInvalid},
		"no engine":    {rung.Source{URL: "file:" + writeFile(t, "a.mp4", []byte("....ftypisom"))}, rung.CodeUnsupported},
		"folder":       {rung.Source{URL: "file:" + t.TempDir()}, rung.CodeBadInput},
		"empty stream": {rung.Source{URL: "file:" + writeFile(t, "n.ts", bytes.Repeat(null(), 100)), Loop: true}, rung.CodeBadInput},
	} {
		if p := play(t, c.src, Options{}, 0); rung.CodeOf(p.err) != c.code {
			t.Errorf("%s: %v, want code %s", name, p.err, c.code)
		}
	}
}

// A stream without a clock cannot be given out at its own pace.
func TestPacerNeedsPCR(t *testing.T) {
	p := &pacer{clock: newFakeClock(), out: func([]byte, time.Time) {}}
	var err error
	for range 2*pacerUnpaced/(100*mpegtest.PacketSize) + 1 {
		if err = p.write(t.Context(), bytes.Repeat(null(), 100)); err != nil {
			break
		}
	}
	if rung.CodeOf(err) != rung.CodeUnsupported {
		t.Errorf("%v, want unsupported", err)
	}
}

// A PCR that steps does not make the pacer wait, nor run.
func TestPacerSteps(t *testing.T) {
	clock := newFakeClock()
	began := clock.Now()
	p := &pacer{clock: clock, out: func([]byte, time.Time) {}}
	var m mpegtest.Muxer
	for _, ms := range []int64{1000, 1040, 1080, 900_000, 900_040, 40, 80} {
		m.Packet(0x101, false, mpegtest.Fields{PCR: ms * 27_000}, nil)
	}
	if err := p.write(t.Context(), m.Bytes()); err != nil {
		t.Fatal(err)
	}
	if took := clock.Now().Sub(began); took != 160*time.Millisecond {
		t.Errorf("took %v, want 160ms", took)
	}
}

// tape is a Feed that writes a stream in odd pieces.
type tape struct {
	stream []byte
	urls   []string
}

func (f *tape) Remux(ctx context.Context, url string, _ bool, w io.Writer) error {
	return f.Generate(ctx, url, w)
}

func (f *tape) Generate(_ context.Context, url string, w io.Writer) error {
	f.urls = append(f.urls, url)
	for piece := range slices.Chunk(f.stream, 1000) {
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

func TestFeedIsPaced(t *testing.T) {
	f := &tape{stream: mpegtest.Clip{Frames: 25, GOP: 5, FrameSize: 800}.Bytes()}
	mp4 := "file:" + writeFile(t, "a.mp4", []byte("....ftypisom"))
	for _, url := range []string{"test:?size=1280x720&rate=25", mp4} {
		p := play(t, rung.Source{URL: url}, Options{Feed: f}, 0)
		if p.err != nil || !bytes.Equal(p.data, f.stream) {
			t.Fatalf("%s: %d of %d bytes, %v", url, len(p.data), len(f.stream), p.err)
		}
		if took := p.times[len(p.times)-1].Sub(p.times[0]); took != 24*40*time.Millisecond {
			t.Errorf("%s took %v", url, took)
		}
	}
	if want := []string{"test:?size=1280x720&rate=25", mp4}; !slices.Equal(f.urls, want) {
		t.Errorf("asked for %q, want %q", f.urls, want)
	}
	if p := play(t, rung.Source{URL: "test:"}, Options{Feed: f}, 5000); !errors.Is(p.err, context.Canceled) {
		t.Errorf("ended with %v", p.err)
	}
}
