// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// A source whose sound is stamped by another clock than it is sampled with keeps its sound in its place, in one unbroken
// sine over all joins that is as clean as that of a source without drift: nothing is dropped or doubled, whatever the
// codec's frame or the sampling rate.
func TestEncodeDrift(t *testing.T) {
	for _, rate := range []int{48000, 44100, 32000} {
		exact := heardSine(t, rate, 0)
		for _, ppm := range []int64{100, -100, 1000} {
			t.Run(fmt.Sprintf("%d Hz, %d ppm", rate, ppm), func(t *testing.T) {
				h := heardSine(t, rate, ppm)
				// Where the track begins, before the first picture, it has drifted by up to a sample at 1000 ppm.
				if math.Abs(h.first) > 1.2 || h.strays > 0.2 {
					t.Errorf("late by %.2f samples at the beginning and up to %.2f more or less later, want 0 and 0", h.first, h.strays)
				}
				if h.worst > exact.worst+5 || h.snr < exact.snr-1 {
					t.Errorf("worst error %.0f of %d, SNR %.1f dB; %.0f and %.1f dB without drift", h.worst, sineAmplitude, h.snr, exact.worst, exact.snr)
				}
				t.Logf("late by %.3f, then by up to %.3f samples more or less; SNR %.2f dB, without drift %.2f", h.first, h.strays, h.snr, exact.snr)
			})
		}
	}
}

// heardSound is a session's sine, in windows of a tenth of a second.
type heardSound struct {
	first  float64 // samples by which the first window is late
	strays float64 // by how much another is more or less
	worst  float64 // prediction error
	snr    float64 // the median window's, in dB
}

// heardSine encodes a source of ten seconds whose audio clock is off, segment by segment, and listens to the result.
func heardSine(t *testing.T, rate int, ppm int64) heardSound {
	t.Helper()
	const frames, window = 264, 4800
	s := newEncodeSource(t, protocol.Pattern{Frames: frames + 20, NoVideo: true, Audio: "mp2", SampleRate: rate, AudioDrift: ppm})
	if ppm != 0 {
		s.drift = func(second int64) float64 { return -float64(ppm*second*int64(rate)) / float64(million+ppm) }
	}
	all := s.encodeAll(t, frames)
	for n, st := range all.stats {
		if st.SilenceSamples != 0 || st.DecodeErrors != 0 {
			t.Errorf("segment %d: %+v", n, st)
		}
	}
	d := all.decodedJoined(t, "audio", s.ladder.Grid.Rate)
	if want := s.ladder.Grid.Interval(0, frames).AudioFrames * rung.AudioFrame; int64(len(d.left)) != want {
		t.Fatalf("%d samples, want %d", len(d.left), want)
	}
	h := heardSound{first: checkSineOf(d.left[window:2*window], window).delay}
	var snrs []float64
	for at := window; at+2*window < len(d.left); at += window / 2 {
		c := checkSineOf(d.left[at:at+window], int64(at))
		h.strays, h.worst = max(h.strays, math.Abs(c.delay-h.first)), max(h.worst, c.worst)
		snrs = append(snrs, sineSNR(d.left[at:at+window], sineHertz, rung.AudioRate))
	}
	slices.Sort(snrs)
	h.snr = snrs[len(snrs)/2]
	return h
}

// sineSNR is how far, in dB, everything that is not a sine of a frequency lies below it.
func sineSNR(samples []float64, hertz, rate float64) float64 {
	// Least squares of a*sin + b*cos + c.
	var m [3][4]float64
	for i, v := range samples {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / rate)
		basis := [4]float64{sin, cos, 1, v}
		for r := range 3 {
			for c := range 4 {
				m[r][c] += basis[r] * basis[c]
			}
		}
	}
	for r := range 3 {
		for o := range 3 {
			if f := m[o][r] / m[r][r]; o != r {
				for c := range 4 {
					m[o][c] -= f * m[r][c]
				}
			}
		}
	}
	signal, noise := 0.0, 0.0
	for i, v := range samples {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / rate)
		want := m[0][3]/m[0][0]*sin + m[1][3]/m[1][1]*cos + m[2][3]/m[2][2]
		signal += want * want
		noise += (v - want) * (v - want)
	}
	return 10 * math.Log10(signal/noise)
}

// runOf is a run of one channel that has a sine for its source, over a window of output samples.
func runOf(t *testing.T, source *rung.AudioSource, hertz float64, window span) *soundRun {
	t.Helper()
	r := newSoundRun(source, span{math.MinInt64 / 4, math.MaxInt64 / 4}, source.SampleRate, 1, window)
	for i := range r.planes[0] {
		r.planes[0][i] = float32(0.5 * math.Sin(2*math.Pi*hertz*float64(r.first+int64(i))/float64(source.SampleRate)))
	}
	r.cover(span{r.first, r.end()})
	return r
}

// Resampling keeps a sine 80 dB and more above all that is not it, up to 15 kHz, at any rate.
func TestDriftQuality(t *testing.T) {
	for _, rate := range []int{32000, 44100, 48000, 96000} {
		for _, hertz := range []float64{50, 997, 5000, 14000} {
			source := &rung.AudioSource{SampleRate: rate, Drift: rung.Drift{{At: 0, Offset: 4}, {At: rung.AudioRate, Offset: 4 + 5*rung.DriftUnit}}}
			window := span{1000, 41000}
			r := runOf(t, source, hertz, window)
			planes, heard := [][]float32{make([]float32, window.to-window.from)}, make([]bool, window.to-window.from)
			if err := r.render(astiav.ChannelLayoutMono, window.from, planes, heard); err != nil {
				t.Fatal(err)
			}
			heardHertz := hertz * (1 + 5/float64(rate))
			out := make([]float64, len(planes[0]))
			for i, v := range planes[0] {
				if out[i] = float64(v); !heard[i] {
					t.Fatalf("%d Hz: output sample %d is missing", rate, i)
				}
			}
			if snr := sineSNR(out, heardHertz, rung.AudioRate); snr < 80 {
				t.Errorf("%d Hz: a sine of %.0f Hz has an SNR of %.1f dB, want 80", rate, hertz, snr)
			}
		}
	}
}

// Whatever a segment's window is, the same output sample is the same: to the bit, also where the segment before had no
// drift and the one behind has.
func TestDriftJoins(t *testing.T) {
	for _, rate := range []int{32000, 44100, 48000} {
		knots := rung.Drift{{At: 0}, {At: 48000}, {At: 96000}, {At: 144000, Offset: 300000}, {At: 192000, Offset: 712345}, {At: 240000, Offset: 1000000}}
		var before []float32
		for n, c := range []struct {
			window span
			knots  rung.Drift
		}{{span{0, 90000}, nil}, {span{80000, 150000}, knots[1:5]}, {span{140000, 230000}, knots[2:]}} {
			source := &rung.AudioSource{SampleRate: rate, Drift: c.knots}
			r := runOf(t, source, 997, c.window)
			size := c.window.to - c.window.from
			planes, heard := [][]float32{make([]float32, size)}, make([]bool, size)
			if err := r.render(astiav.ChannelLayoutMono, c.window.from, planes, heard); err != nil {
				t.Fatal(err)
			}
			for i := range min(len(before), 10000) {
				if a, b := before[len(before)-10000+i], planes[0][i]; a != b {
					t.Fatalf("%d Hz, segment %d: output sample %d is %g, and %g in the segment before", rate, n, c.window.from+int64(i), b, a)
				}
			}
			before = planes[0]
		}
	}
}
