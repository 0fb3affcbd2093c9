package bench

import "rung/transcode/protocol"

// QualityPoint is one setting of a rendition.
type QualityPoint struct {
	CRF float64 `json:"crf,omitempty"` // zero where the profile sets an average bit rate
	// AsWritten says that this is the profile's own setting with its cap on the rate.
	AsWritten bool  `json:"as_written,omitempty"`
	Bytes     int64 `json:"bytes"`    // of the coded segments
	BitRate   int64 `json:"bit_rate"` // mean over the content
	// EncodeCPUUS is the encoder's processor time for the content, the median of the repeats; the encoder's own threads
	// beyond its first are not counted.
	EncodeCPUUS     int64   `json:"encode_cpu_us"`
	EncodeCPUUSEach []int64 `json:"encode_cpu_us_each,omitempty"` // of each repeat, in order
	// RealTimeFactor is the content that one core encodes in a second of processor time.
	RealTimeFactor float64                  `json:"real_time_factor"`
	Quality        protocol.MeasuredQuality `json:"quality"`
}
