// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// noisePicture is a picture of fixed noise around a level, 256 pixels wide and high.
func noisePicture(t testing.TB, seed uint64, level, depth int) *astiav.Frame {
	t.Helper()
	f := astiav.AllocFrame()
	t.Cleanup(f.Free)
	f.SetWidth(256)
	f.SetHeight(256)
	f.SetPixelFormat(astiav.PixelFormatYuv420P)
	if err := f.AllocBuffer(0); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	eachSample(f, func(byte) byte { return byte(level + random.IntN(2*depth+1) - depth) })
	return f
}

// eachSample changes every sample.
func eachSample(f *astiav.Frame, change func(byte) byte) {
	for i, lines := range []int{256, 128, 128} {
		p := plane(f, i, lines*stride(f, i))
		for k := range p {
			p[k] = change(p[k])
		}
	}
}

// altered is a copy of f with every sample changed.
func altered(t testing.TB, f *astiav.Frame, change func(byte) byte) *astiav.Frame {
	t.Helper()
	c := f.Clone()
	t.Cleanup(c.Free)
	if err := c.MakeWritable(); err != nil {
		t.Fatal(err)
	}
	eachSample(c, change)
	return c
}

// compared measures pairs at 25/s.
func compared(t testing.TB, references, distorted []*astiav.Frame) []protocol.PictureQuality {
	t.Helper()
	c := &comparison{rate: rung.R(25, 1)}
	defer c.Close()
	for i := range references {
		if err := c.put(references[i], distorted[i]); err != nil {
			t.Fatal(err)
		}
	}
	pictures, err := c.finish()
	if err != nil {
		t.Fatal(err)
	}
	if len(pictures) != len(references) {
		t.Fatalf("%d figures for %d pairs", len(pictures), len(references))
	}
	return pictures
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func wantLevels(t testing.TB, what string, l protocol.Levels, want, tolerance float64) {
	t.Helper()
	for name, v := range map[string]float64{"Y": l.Y, "U": l.U, "V": l.V, "all": l.All} {
		if !near(v, want, tolerance) {
			t.Errorf("%s of %s is %.5f, want %.5f", what, name, v, want)
		}
	}
}

// Equal pictures have the most of everything.
func TestComparisonOfEqualPictures(t *testing.T) {
	a, b := noisePicture(t, 1, 128, 40), noisePicture(t, 2, 128, 40)
	q := protocol.SumUp(compared(t, []*astiav.Frame{a, b, a}, []*astiav.Frame{a, b, a}))
	wantLevels(t, "PSNR", q.PSNR, protocol.MaxDB, 0)
	wantLevels(t, "SSIM", q.SSIM, 1, 1e-6)
	wantLevels(t, "XPSNR", q.XPSNR, protocol.MaxDB, 0)
	if q.Pictures != 3 {
		t.Errorf("%d pictures, want 3", q.Pictures)
	}
}

// An error of k in every sample, of either sign, is a squared error of k^2, whatever is in the picture.
func TestComparisonOfKnownNoise(t *testing.T) {
	reference := noisePicture(t, 1, 128, 40)
	for _, k := range []int{1, 3, 10} {
		random := rand.New(rand.NewPCG(7, 0))
		noisy := altered(t, reference, func(v byte) byte { return byte(int(v) + k*(2*random.IntN(2)-1)) })
		q := protocol.SumUp(compared(t, []*astiav.Frame{reference}, []*astiav.Frame{noisy}))
		wantLevels(t, "PSNR", q.PSNR, 20*math.Log10(255/float64(k)), 1e-4)
	}
}

// The error of several pictures is their mean, not the mean of their decibels.
func TestComparisonPoolsErrors(t *testing.T) {
	reference := noisePicture(t, 1, 128, 40)
	by := func(k byte) *astiav.Frame { return altered(t, reference, func(v byte) byte { return v + k }) }
	pictures := compared(t, []*astiav.Frame{reference, reference, reference, reference}, []*astiav.Frame{by(2), by(4), by(0), by(10)})
	q := protocol.SumUp(pictures)
	wantLevels(t, "PSNR", q.PSNR, 10*math.Log10(255*255/(float64(4+16+0+100)/4)), 1e-4)
	if want := protocol.SumUp(pictures[1:2]).PSNR.Y; !near(want, 20*math.Log10(255.0/4), 1e-4) {
		t.Errorf("the second picture's PSNR is %.5f", want)
	}
}

// Two grey pictures have no structure to differ in: what is left of SSIM is the comparison of their means a and b,
// (2ab+C) / (a^2+b^2+C) with C = (0.01*255)^2 (Wang et al. 2004, equation 6).
func TestComparisonOfGreys(t *testing.T) {
	const a, b, c = 100.0, 120.0, 2.55 * 2.55
	q := protocol.SumUp(compared(t, []*astiav.Frame{noisePicture(t, 1, a, 0)}, []*astiav.Frame{noisePicture(t, 1, b, 0)}))
	wantLevels(t, "SSIM", q.SSIM, (2*a*b+c)/(a*a+b*b+c), 2e-4)
	wantLevels(t, "PSNR", q.PSNR, 20*math.Log10(255/(b-a)), 1e-4)
}

// XPSNR of a still grey picture: the activity is at its least, 2^(8-6), so every error is weighted by a quarter of the
// mean activity of a picture of this size, sqrt(16 * 2^(2*8-9) / sqrt(w*h/(3840*2160))) (Helmrich et al. 2020). So it is
// from the second picture on; the first seems to come out of black, which is why a measurement begins two pictures early.
func TestComparisonWeighsByActivity(t *testing.T) {
	grey := noisePicture(t, 1, 128, 0)
	worse := altered(t, grey, func(v byte) byte { return v + 8 })
	pictures := compared(t, []*astiav.Frame{grey, grey, grey}, []*astiav.Frame{grey, worse, worse})
	q := protocol.SumUp(pictures[1:])
	mean := math.Sqrt(16 * 128 / math.Sqrt(256*256/(3840.0*2160)))
	wantLevels(t, "XPSNR", q.XPSNR, 20*math.Log10(255.0/8)-10*math.Log10(mean/4), 1e-3)

	busy := noisePicture(t, 1, 128, 60)
	masked := protocol.SumUp(compared(t, []*astiav.Frame{busy, busy}, []*astiav.Frame{busy, altered(t, busy, func(v byte) byte { return v + 8 })})[1:])
	if masked.XPSNR.Y < q.XPSNR.Y+6 || !near(masked.PSNR.Y, q.PSNR.Y, 1e-4) {
		t.Errorf("the same error has XPSNR %.2f in a busy picture and %.2f in a grey one", masked.XPSNR.Y, q.XPSNR.Y)
	}
}
