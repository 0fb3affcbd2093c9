// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"slices"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
)

// Surround is mixed by ITU-R BS.775, and what would be over full scale is lowered without a click.
func TestMixedDownSurround(t *testing.T) {
	const part = math.Sqrt2 / 2
	for _, c := range []struct {
		name  string
		level float64 // of each channel
		want  float64 // of each side, at the most
	}{
		{"quiet", 0.3, 0.3 * (1 + 2*part)},
		{"loud", 0.9, mixCeiling},
	} {
		t.Run(c.name, func(t *testing.T) {
			planes := mixedSurround(t, func(i int64) float64 { return c.level * math.Sin(2*math.Pi*440*float64(i)/rung.AudioRate) })
			for side, p := range planes {
				p = p[limiterReach : len(p)-limiterReach] // what lies beyond is not known there
				top := slices.Max(p)
				if float64(top) > c.want+1e-4 || float64(top) < c.want-0.01 {
					t.Errorf("side %d reaches %.4f, want %.4f", side, top, c.want)
				}
				// Nothing moves faster than the sine itself does, at that level.
				fastest := float32(c.want * 2 * math.Pi * 440 / rung.AudioRate * 1.02)
				for i := 1; i < len(p); i++ {
					if d := p[i] - p[i-1]; max(d, -d) > fastest {
						t.Fatalf("side %d jumps by %.4f at sample %d, the sine by %.4f at most", side, d, i, fastest)
					}
				}
			}
		})
	}
}

// mixedSurround gives the stereo of a 5.1 source with the same samples in each channel but the low-frequency one.
func mixedSurround(t *testing.T, sample func(int64) float64) [][]float32 {
	t.Helper()
	const frame = 1024
	interval := rung.Grid{Rate: rung.R(25, 1), SegmentFrames: 48}.Interval(0, 48)
	track, err := newSoundtrack(rung.AudioRendition{Channels: 2}, interval)
	if err != nil {
		t.Fatal(err)
	}
	defer track.Close()
	track.begin(&rung.AudioSource{SampleRate: rung.AudioRate, From: 0, To: 1 << 40})
	for at := track.begin0; at < track.end; at += frame {
		f, err := newSoundFrame(astiav.ChannelLayout5Point1, rung.AudioRate, frame)
		if err != nil {
			t.Fatal(err)
		}
		for c := range 6 {
			for i, out := 0, floats(f, c, frame); i < frame; i++ {
				out[i] = 0
				if c != 3 {
					out[i] = float32(sample(at + int64(i)))
				}
			}
		}
		err = track.add(f, at)
		f.Free()
		if err != nil {
			t.Fatal(err)
		}
	}
	planes, _, err := track.samples()
	if err != nil {
		t.Fatal(err)
	}
	return planes
}

// The gain at a sample is the same wherever the stretch begins that it is worked out in, from limiterReach on; and nothing
// is changed where no peak is near.
func TestLimitIsLocal(t *testing.T) {
	whole := make([]float32, 8000)
	for i := range whole {
		whole[i] = float32(0.5 * math.Sin(float64(i)/7))
	}
	for _, at := range []int{1000, 1100, 4000, 4700} {
		whole[at] = 1.7
	}
	original := slices.Clone(whole)
	from := 800
	late := slices.Clone(whole[from:])
	limit([][]float32{whole})
	limit([][]float32{late})
	for i := range whole {
		if whole[i] > mixCeiling {
			t.Fatalf("sample %d is %.4f", i, whole[i])
		}
		if i >= from+limiterReach && whole[i] != late[i-from] {
			t.Fatalf("sample %d is %v in the whole and %v in a part", i, whole[i], late[i-from])
		}
		if i > 5300 && whole[i] != original[i] {
			t.Fatalf("sample %d was changed far from any peak", i)
		}
	}
}
