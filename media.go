package rung

// MediaInfo is what a probe found in a source.
type MediaInfo struct {
	Format   string      `json:"format"` // libavformat's demuxer name: mpegts, mov, matroska, mxf
	Duration int64       `json:"duration_us,omitempty"`
	Size     int64       `json:"size,omitempty"`
	BitRate  int64       `json:"bit_rate,omitempty"`
	Programs []Program   `json:"programs,omitempty"`
	Video    []VideoInfo `json:"video"`
	Audio    []AudioInfo `json:"audio"`
	Other    []DataInfo  `json:"other,omitempty"`
}

// Program is one service of a transport stream.
type Program struct {
	Number   int    `json:"number"`
	Name     string `json:"name,omitempty"`
	Provider string `json:"provider,omitempty"`
	PMTPID   int    `json:"pmt_pid,omitempty"`
	PCRPID   int    `json:"pcr_pid,omitempty"`
	Streams  []int  `json:"streams,omitempty"` // PIDs
}

// VideoInfo describes one video stream.
type VideoInfo struct {
	Index      int      `json:"index"` // libavformat's stream index
	PID        int      `json:"pid,omitempty"`
	Program    int      `json:"program,omitempty"`
	Codec      string   `json:"codec"` // libavcodec's name: h264, hevc, mpeg2video
	Profile    string   `json:"profile,omitempty"`
	Width      int      `json:"width"`
	Height     int      `json:"height"`
	SAR        Rational `json:"sar"`        // sample aspect ratio; 1 where the stream does not say
	FrameRate  Rational `json:"frame_rate"` // frames (not fields) per second, snapped to a standard rate
	Interlaced bool     `json:"interlaced"`
	TopFirst   bool     `json:"top_first,omitempty"`
	Pulldown   bool     `json:"pulldown,omitempty"` // film flagged to be shown at 5/4 of FrameRate, every other picture for 3 fields
	PixFmt     string   `json:"pix_fmt,omitempty"`
	Primaries  string   `json:"primaries,omitempty"` // libavutil's names; empty where unspecified
	Transfer   string   `json:"transfer,omitempty"`
	Matrix     string   `json:"matrix,omitempty"`
	Range      string   `json:"range,omitempty"`
	TimeBase   Rational `json:"time_base"`
	StartTime  int64    `json:"start_time"` // in TimeBase
	BitRate    int64    `json:"bit_rate,omitempty"`
	Encrypted  bool     `json:"encrypted,omitempty"`
}

// AudioInfo describes one audio stream.
type AudioInfo struct {
	Index      int      `json:"index"`
	PID        int      `json:"pid,omitempty"`
	Program    int      `json:"program,omitempty"`
	Codec      string   `json:"codec"`
	Language   string   `json:"language,omitempty"` // ISO 639-2
	SampleRate int      `json:"sample_rate"`
	Channels   int      `json:"channels"`
	Layout     string   `json:"layout,omitempty"`
	FrameSize  int      `json:"frame_size,omitempty"` // samples per coded frame; 0 where it varies
	TimeBase   Rational `json:"time_base"`
	StartTime  int64    `json:"start_time"`
	BitRate    int64    `json:"bit_rate,omitempty"`
	Encrypted  bool     `json:"encrypted,omitempty"`
}

// DataInfo is a stream that is neither picture nor sound: subtitles, SCTE-35, teletext.
type DataInfo struct {
	Index    int    `json:"index"`
	PID      int    `json:"pid,omitempty"`
	Program  int    `json:"program,omitempty"`
	Codec    string `json:"codec"`
	Language string `json:"language,omitempty"`
}
