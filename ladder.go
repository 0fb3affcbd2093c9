package rung

// Ladder is a profile resolved for one source: concrete sizes, rates and settings. It travels in every task, so that
// encoding one needs nothing but the task and its source.
type Ladder struct {
	Profile     string           `json:"profile"`
	Grid        Grid             `json:"grid"`
	Deinterlace string           `json:"deinterlace,omitempty"` // "", "frame" (same rate) or "field" (double rate); acts on flagged frames only
	Pulldown    string           `json:"pulldown,omitempty"`    // "", or "keep": the source's film is on the grid as it is flagged to be shown
	Source      Picture          `json:"source"`                // the source picture the ladder was resolved for
	Video       []VideoRendition `json:"video"`                 // widest first; empty for an audio-only service
	Audio       []AudioRendition `json:"audio"`                 // empty for a video-only service
}

// Picture is a source picture's geometry and colours, for which a ladder was resolved. The colours go into the parameter
// sets of every segment, also of one whose pictures could not be decoded, so they are the session's, not the segment's.
type Picture struct {
	Width  int      `json:"width"`
	Height int      `json:"height"`
	SAR    Rational `json:"sar"`
	// Primaries, Transfer, Matrix and Range are libavutil's names, as in VideoInfo; empty where unspecified.
	Primaries string `json:"primaries,omitempty"`
	Transfer  string `json:"transfer,omitempty"`
	Matrix    string `json:"matrix,omitempty"`
	Range     string `json:"range,omitempty"`
}

// VideoRendition is one rung of the ladder. Square pixels, progressive, 8-bit 4:2:0 for H.264.
type VideoRendition struct {
	ID      string            `json:"id"`    // names its folder in the presentation: "1080p", "720p"
	Codec   string            `json:"codec"` // libx264, libx265, libsvtav1
	Width   int               `json:"width"`
	Height  int               `json:"height"`
	GOP     int64             `json:"gop"` // frames; divides the segment
	CRF     float64           `json:"crf,omitempty"`
	BitRate int64             `json:"bit_rate,omitempty"` // bit/s, for average-bitrate modes
	MaxRate int64             `json:"max_rate,omitempty"` // bit/s
	BufSize int64             `json:"buf_size,omitempty"` // bits
	Preset  string            `json:"preset,omitempty"`
	Profile string            `json:"codec_profile,omitempty"` // high, main, main10
	Level   string            `json:"level,omitempty"`
	Tune    string            `json:"tune,omitempty"`
	Params  map[string]string `json:"params,omitempty"`  // the encoder's own settings by their usual names
	Threads int               `json:"threads,omitempty"` // 0 means 1
	// OwnLookahead keeps x264 from sharing this rendition's look-ahead with others'.
	OwnLookahead bool `json:"own_lookahead,omitempty"`
}

// AudioRendition is one encoded audio track, AAC-LC at AudioRate.
type AudioRendition struct {
	ID       string `json:"id"`    // names its folder in the presentation: "audio", "audio-fra"
	Codec    string `json:"codec"` // aac
	BitRate  int64  `json:"bit_rate"`
	Channels int    `json:"channels"`
	Language string `json:"language,omitempty"`
	Name     string `json:"name"`
	Track    int    `json:"track"` // index among the task's audio sources (Part.Audio)
}
