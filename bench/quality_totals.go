package bench

import (
	"slices"

	"rung"
	"rung/transcode/protocol"
)

// qualityTotals gathers one point of one rendition over the segments.
type qualityTotals struct {
	crf      float64
	bytes    int64
	cpu      []int64 // by repeat
	pictures []protocol.PictureQuality
}

// point sums up. seconds is the content's length.
func (t *qualityTotals) point(s qualitySetting, mediaUS int64) QualityPoint {
	p := QualityPoint{CRF: t.crf, AsWritten: s.asWritten, Bytes: t.bytes, EncodeCPUUS: median(t.cpu), Quality: protocol.SumUp(t.pictures)}
	if len(t.cpu) > 1 {
		p.EncodeCPUUSEach = t.cpu
	}
	if mediaUS > 0 {
		p.BitRate = rung.Rescale(8*t.bytes, rung.R(1_000_000, 1), rung.R(mediaUS, 1))
	}
	if p.EncodeCPUUS > 0 {
		p.RealTimeFactor = float64(mediaUS) / float64(p.EncodeCPUUS)
	}
	return p
}

// median is the middle of some values, the mean of the two in the middle where there are as many on both sides; 0 of none.
func median(values []int64) int64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}
