package protocol

import (
	"math"
	"testing"
)

func wantLevels(t *testing.T, what string, got, want Levels) {
	t.Helper()
	for name, v := range map[string][2]float64{"Y": {got.Y, want.Y}, "U": {got.U, want.U}, "V": {got.V, want.V}, "all": {got.All, want.All}} {
		if math.Abs(v[0]-v[1]) > 1e-9 {
			t.Errorf("%s of %s is %v, want %v", what, name, v[0], v[1])
		}
	}
}

// Errors are averaged over pictures and planes before they become decibels: squared errors as they are for PSNR, their
// roots for XPSNR.
func TestSumUp(t *testing.T) {
	q := SumUp([]PictureQuality{
		{MSE: Planes{1e-4, 1e-5, 1e-3}, WSE: Planes{1e-4, 1e-4, 1e-4}, SSIM: Planes{0.9, 0.8, 1}},
		{MSE: Planes{3e-4, 1e-5, 1e-3}, WSE: Planes{9e-4, 1e-4, 0}, SSIM: Planes{0.7, 0.8, 1}},
	})
	if q.Pictures != 2 {
		t.Errorf("%d pictures", q.Pictures)
	}
	level := func(share float64) float64 { return -10 * math.Log10(share) }
	// The luma errors are 1 and 3 in 10^4, 2 on average; of all samples two thirds are luma.
	wantLevels(t, "PSNR", q.PSNR, Levels{level(2e-4), 50, 30, level((4*2e-4 + 1e-5 + 1e-3) / 6)})
	// The roots are 1 and 3, 2 on average, and 1 and 0, a half.
	wantLevels(t, "XPSNR", q.XPSNR, Levels{level(4e-4), 40, level(0.25e-4), level((4*4e-4 + 1e-4 + 0.25e-4) / 6)})
	wantLevels(t, "SSIM", q.SSIM, Levels{0.8, 0.8, 1, (4*0.8 + 0.8 + 1) / 6})
}

// Equal pictures have no error to take the logarithm of.
func TestSumUpWithoutError(t *testing.T) {
	q := SumUp([]PictureQuality{{SSIM: Planes{1, 1, 1}}})
	wantLevels(t, "PSNR", q.PSNR, Levels{MaxDB, MaxDB, MaxDB, MaxDB})
	wantLevels(t, "XPSNR", q.XPSNR, Levels{MaxDB, MaxDB, MaxDB, MaxDB})
	if none := SumUp(nil); none != (MeasuredQuality{}) {
		t.Errorf("no pictures have %+v", none)
	}
}
