// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/asticode/go-astiav"
)

// scaleSizes are widths or heights to scale between: the ladders' own, odd ones, the smallest, the largest ratio, and
// enlargements.
var scaleSizes = [][2]int{
	{1920, 1280}, {1280, 960}, {960, 640}, {640, 416}, {360, 234}, {180, 117}, {416, 104}, {333, 111}, {97, 95}, {95, 97},
	{31, 64}, {208, 640}, {64, 64}, {4, 1}, {1, 1}, {1, 5}, {2, 3}, {19, 17},
}

// TestPlaneScalerVectors holds AVX2 and plain C to the same bytes, for noise of the extremes among others, and to leaving
// what lies beside the plane.
func TestPlaneScalerVectors(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, across := range scaleSizes {
		for _, down := range [][2]int{{1080, 720}, {40, 13}, {9, 9}, {3, 7}, {1, 1}} {
			src := grey(t, across[0], down[0])
			defer src.Free()
			for y := range down[0] {
				for x := range across[0] {
					line(src, y)[x] = byte(random.UintN(2) * 255)
					if y%3 == 0 {
						line(src, y)[x] = byte(random.UintN(256))
					}
				}
			}
			plain, vectors := scaledPlane(t, src, across, down, false), scaledPlane(t, src, across, down, true)
			if !bytes.Equal(plain, vectors) {
				t.Errorf("%d to %d across, %d to %d down: AVX2 and plain C differ", across[0], across[1], down[0], down[1])
			}
		}
	}
}

// scaledPlane scales the first plane of a picture and checks that nothing was written beside the result, which it gives.
func scaledPlane(t *testing.T, src *astiav.Frame, across, down [2]int, vectors bool) []byte {
	t.Helper()
	s, err := newPlaneScaler(newScaleFilter(across[0], across[1], true), newScaleFilter(down[0], down[1], false), vectors)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const beside = 0xA5
	dst := grey(t, across[1], down[1])
	defer dst.Free()
	for y := range down[1] {
		for x := across[1]; x < stride(dst, 0); x++ {
			line(dst, y)[x] = beside
		}
	}
	s.scale(src, dst, 0)
	var out []byte
	for y := range down[1] {
		out = append(out, line(dst, y)[:across[1]]...)
		for x := across[1]; x < stride(dst, 0); x++ {
			if line(dst, y)[x] != beside {
				t.Fatalf("%d samples made: byte %d of line %d was written", across[1], x, y)
			}
		}
	}
	return out
}

// TestPlaneScalerExact holds scaled noise against the filters' sums in floating point: within rounding of each sample, and
// not lighter or darker on the whole by more than 1/64, which is what rounding the last of 5 bits of fraction up gives.
func TestPlaneScalerExact(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, size := range scaleSizes {
		t.Run(fmt.Sprintf("%dto%d", size[0], size[1]), func(t *testing.T) {
			src := grey(t, size[0], size[0])
			defer src.Free()
			for y := range size[0] {
				for x := range size[0] {
					line(src, y)[x] = byte(16 + random.UintN(220))
				}
			}
			across, down := newScaleFilter(size[0], size[1], true), newScaleFilter(size[0], size[1], false)
			got := scaledPlane(t, src, size, size, true)
			lines := make([][]float64, size[0])
			for y := range lines {
				row := make([]float64, size[0])
				for x := range row {
					row[x] = float64(line(src, y)[x])
				}
				lines[y] = filtered(across, func(i int) float64 { return row[i] })
			}
			bias := 0.0
			for x := range size[1] {
				column := filtered(down, func(i int) float64 { return lines[i][x] })
				for y, want := range column {
					want = min(max(want, 0), 255)
					off := float64(got[y*size[1]+x]) - want
					bias += off
					if math.Abs(off) > 0.65 {
						t.Fatalf("sample %d of line %d is %d, want %.2f", x, y, got[y*size[1]+x], want)
					}
				}
			}
			if bias /= float64(size[1] * size[1]); size[1] > 100 && math.Abs(bias) > 0.025 {
				t.Errorf("all samples are off by %.3f", bias)
			}
		})
	}
}

// filtered makes a line by a filter, in floating point.
func filtered(f scaleFilter, sample func(int) float64) []float64 {
	out := make([]float64, f.to)
	for x := range out {
		for k := range f.taps {
			out[x] += float64(f.coefs[x*f.taps+k]) / scaleUnit * sample(min(max(int(f.first[x])+k, 0), f.from-1))
		}
	}
	return out
}

// TestPlaneScalerFlat holds every level of a flat plane.
func TestPlaneScalerFlat(t *testing.T) {
	for _, size := range scaleSizes {
		for level := 0; level < 256; level += 5 {
			src := grey(t, size[0], 8)
			for y := range 8 {
				copy(line(src, y), bytes.Repeat([]byte{byte(level)}, size[0]))
			}
			for _, got := range scaledPlane(t, src, size, [2]int{8, 5}, true) {
				if int(got) != level {
					t.Fatalf("%d to %d: a level of %d became %d", size[0], size[1], level, got)
				}
			}
			src.Free()
		}
	}
}

// grey is a picture of one plane.
func grey(t *testing.T, width, height int) *astiav.Frame {
	t.Helper()
	f := astiav.AllocFrame()
	f.SetWidth(width)
	f.SetHeight(height)
	f.SetPixelFormat(astiav.PixelFormatGray8)
	if err := f.AllocBuffer(0); err != nil {
		t.Fatal(err)
	}
	return f
}

// line is a line of a picture's first plane, with what lies beside it.
func line(f *astiav.Frame, y int) []byte {
	return plane(f, 0, stride(f, 0)*f.Height())[y*stride(f, 0):][:stride(f, 0)]
}
