package protocol

import "math"

// MaxDB is the most that a level in decibels is said to be: pictures without any error would be at infinity.
const MaxDB = 100

// MeasuredQuality sums up pictures. PSNR is that of the mean squared error over all pictures; SSIM is the mean; XPSNR is that of
// the squared mean of the pictures' root weighted errors, which is FFmpeg's. All weights the planes by their samples,
// 4:1:1, in the error and not in decibels.
type MeasuredQuality struct {
	Pictures int64  `json:"pictures"`
	PSNR     Levels `json:"psnr"`  // dB, at most MaxDB
	SSIM     Levels `json:"ssim"`  // 1 for equal pictures
	XPSNR    Levels `json:"xpsnr"` // dB, at most MaxDB
}

// SumUp gives the quality of pictures together; the zero one for none.
func SumUp(pictures []PictureQuality) MeasuredQuality {
	if len(pictures) == 0 {
		return MeasuredQuality{}
	}
	var mse, ssim, root Planes
	share := 1 / float64(len(pictures))
	for _, p := range pictures {
		mse = mse.add(p.MSE, share)
		ssim = ssim.add(p.SSIM, share)
		root = root.add(p.WSE.each(math.Sqrt), share)
	}
	wse := root.each(func(v float64) float64 { return v * v })
	return MeasuredQuality{Pictures: int64(len(pictures)), PSNR: mse.levels(decibels), XPSNR: wse.levels(decibels),
		SSIM: ssim.levels(func(v float64) float64 { return v })}
}

// decibels is the signal-to-noise ratio of an error, a share of the largest square.
func decibels(share float64) float64 {
	if share <= math.Pow(10, -MaxDB/10) {
		return MaxDB
	}
	return -10 * math.Log10(share)
}
