package bench

// QualityDelta compares a rendition's curve with that of the anchor: the first variant.
type QualityDelta struct {
	Variant         string `json:"variant"`
	Anchor          string `json:"anchor"`
	Rendition       string `json:"rendition"` // "all": the mean over the ladder, the sum for processor time
	AnchorRendition string `json:"anchor_rendition"`
	// PSNR, SSIM and XPSNR are BD-rates in percent: how much more rate the curve needs for the same luma PSNR, luma SSIM
	// and XPSNR over all planes. Negative is better.
	PSNR  BDRate `json:"psnr"`
	SSIM  BDRate `json:"ssim"`
	XPSNR BDRate `json:"xpsnr"`
	// CPURatio is the processor time of the same CRFs over the anchor's.
	CPURatio float64 `json:"cpu_ratio"`
}
