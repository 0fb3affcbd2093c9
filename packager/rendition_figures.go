package packager

import (
	"time"

	"rung"
)

// RenditionFigures are one rendition's figures, over what is listed now.
type RenditionFigures struct {
	ID        string
	Type      string // video or audio
	Codecs    string // RFC 6381
	Width     int
	Height    int
	FrameRate rung.Rational // zero for audio
	// Bandwidth is the peak segment bit rate and AverageBandwidth the average one (RFC 8216, 4.3.4.2), in bit/s, of this
	// rendition's segments alone. The master playlist declares more: a variant counts its audio group in, and a live one
	// has room above the peak.
	Bandwidth        int64
	AverageBandwidth int64
	Segments         int64 // listed, gaps included; of a film that is not complete: those that have come
	Gaps             int64
	// LastSegment is the wall-clock time of the end of the last segment listed that is no gap; zero for VOD.
	LastSegment time.Time
	// Latency is from the end of a segment on the wall clock to its listing, of the last segment of the presentation that
	// was listed and is no gap; zero for VOD. Each source's clock is its own, so one that is ahead may make it negative.
	Latency time.Duration
}
