package bench

import "rung"

// Input is a stream that channels were fed with, looped without a break.
type Input struct {
	Name       string        `json:"name"`              // file name
	Profile    string        `json:"profile,omitempty"` // whose channels read it; empty: all channels in turn
	Path       string        `json:"path"`              // the transport stream that the channels read
	Bytes      int64         `json:"bytes"`
	DurationUS int64         `json:"duration_us"`
	Codec      string        `json:"codec"`
	Width      int           `json:"width"`
	Height     int           `json:"height"`
	FrameRate  rung.Rational `json:"frame_rate"`
	Interlaced bool          `json:"interlaced,omitempty"`
	Audio      int           `json:"audio"` // tracks
	// BitsPerPixel is the file's own: its bits over its duration's luma samples.
	BitsPerPixel float64 `json:"bits_per_pixel"`
	// Scenes are the graded scenes of the built-in mix, in their order; none in a user's own file, but for one without a
	// grade that is the whole file.
	Scenes []SceneFigures `json:"scenes,omitempty"`
}

// SceneFigures are a stretch of an input, and how hard its pictures are to encode.
type SceneFigures struct {
	Grade  string `json:"grade,omitempty"` // easy, medium or hard; empty where nobody has graded it
	First  int64  `json:"first"`           // frame
	Frames int64  `json:"frames"`
	// EncodedBitsPerPixel is that of the widest rendition, measured over the whole segments within the scene.
	EncodedBitsPerPixel float64 `json:"encoded_bits_per_pixel"`
}
