package resource

import (
	"time"

	"rung"
)

// Rendition is one rendition of a presentation, as it is published.
type Rendition struct {
	ID               string        `json:"id"`
	Type             string        `json:"type"`             // video or audio
	Codecs           string        `json:"codecs,omitempty"` // RFC 6381
	Width            int           `json:"width,omitempty"`
	Height           int           `json:"height,omitempty"`
	FrameRate        rung.Rational `json:"frame_rate,omitzero"`
	Bandwidth        int64         `json:"bandwidth,omitempty"`         // measured peak, bit/s (RFC 8216, 4.3.4.2)
	AverageBandwidth int64         `json:"average_bandwidth,omitempty"` // measured, bit/s
	Segments         int64         `json:"segments"`                    // listed now
	Gaps             int64         `json:"gaps"`                        // of those listed
	LastSegment      time.Time     `json:"last_segment,omitzero"`       // wall-clock time of the end of the last one listed
	Latency          rung.Duration `json:"latency,omitempty"`           // from the end of a segment at the source to its listing
}
