package rung

import "time"

// Outcome is how a task ended.
type Outcome string

// The outcomes. Done has media; the others are listed as gaps with an alarm.
const (
	Done   Outcome = "done"
	Bad    Outcome = "bad_input" // the source cannot be decoded; another try gives the same
	Failed Outcome = "failed"    // tries are used up
	Late   Outcome = "late"      // its deadline passed before it began
)

// Result is the message that a task has ended.
type Result struct {
	ID            SegmentID   `json:"id"`
	Store         string      `json:"store,omitempty"` // as in the task
	Prefix        string      `json:"prefix"`
	Outcome       Outcome     `json:"outcome"`
	Error         *Error      `json:"error,omitempty"`
	Interval      Interval    `json:"interval"`
	Last          bool        `json:"last,omitempty"`
	Rate          Rational    `json:"rate"` // of the grid
	SegmentFrames int64       `json:"segment_frames"`
	Time          time.Time   `json:"time"` // wall-clock time of the first frame
	Raised        time.Time   `json:"raised"`
	Deadline      time.Time   `json:"deadline,omitzero"`
	Tracks        []Track     `json:"tracks,omitempty"` // video widest first, then audio
	Stats         EncodeStats `json:"stats"`
	Node          string      `json:"node"`
	Slot          int         `json:"slot"`
	Try           int         `json:"try"`
	Started       time.Time   `json:"started"`
	Finished      time.Time   `json:"finished"`
}

// Track is one encoded rendition of one segment, already in the store.
type Track struct {
	ID        string   `json:"id"`   // VideoRendition.ID or AudioRendition.ID
	Type      string   `json:"type"` // "video" or "audio"
	Key       string   `json:"key"`  // the segment's object
	Init      string   `json:"init"` // the init segment's object
	Bytes     int64    `json:"bytes"`
	Frames    int64    `json:"frames"` // pictures, or audio access units
	Codecs    string   `json:"codecs"` // RFC 6381: "avc1.64001f", "mp4a.40.2"
	Width     int      `json:"width,omitempty"`
	Height    int      `json:"height,omitempty"`
	FrameRate Rational `json:"frame_rate,omitempty"`
	Channels  int      `json:"channels,omitempty"`
	Language  string   `json:"language,omitempty"`
	Name      string   `json:"name,omitempty"`
	Gap       bool     `json:"gap,omitempty"`
}

// EncodeStats is what one segment's encoding saw and cost.
type EncodeStats struct {
	Decoded        int64            `json:"decoded"`         // pictures decoded, lead-in included
	Repeated       int64            `json:"repeated"`        // grid places filled with the picture before, for want of their own
	Dropped        int64            `json:"dropped"`         // pictures of the interval that lost their grid place to a later one
	Slate          int64            `json:"slate"`           // grid places filled with the slate
	SilenceSamples int64            `json:"silence_samples"` // output samples without source
	DecodeErrors   int64            `json:"decode_errors"`
	SourceBytes    int64            `json:"source_bytes"`
	WallUS         int64            `json:"wall_us"`
	CPUUS          int64            `json:"cpu_us"`             // the engine's user and system time for this task
	StageUS        map[string]int64 `json:"stage_us,omitempty"` // processor time by stage: decode, deinterlace, scale, encode:<id>, audio, mux
	PeakRSS        int64            `json:"peak_rss,omitempty"` // bytes, of the engine process so far
}
