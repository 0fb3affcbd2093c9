package bench

import "rung"

// RenditionResult is what one rendition of a profile came out as, over all channels of a run.
type RenditionResult struct {
	Profile   string        `json:"profile"`
	ID        string        `json:"id"`
	Type      string        `json:"type"` // video or audio
	Width     int           `json:"width,omitempty"`
	Height    int           `json:"height,omitempty"`
	FrameRate rung.Rational `json:"frame_rate,omitzero"`
	Segments  int64         `json:"segments"`
	MediaUS   int64         `json:"media_us"`
	Bytes     int64         `json:"bytes"`
	BitRate   int64         `json:"bit_rate"`           // mean
	PeakRate  int64         `json:"peak_rate"`          // of the largest segment
	MaxRate   int64         `json:"max_rate,omitempty"` // declared: what the profile caps it at
	// BitsPerPixel is the mean over its luma samples; zero for audio.
	BitsPerPixel float64 `json:"bits_per_pixel,omitempty"`
	EncodeCPUUS  int64   `json:"encode_cpu_us"`
	// RealTimeFactor is the content that one core encodes of this rendition in a second of processor time, decoding and
	// scaling not counted.
	RealTimeFactor float64 `json:"real_time_factor"`
}
