package rung

import (
	"fmt"
	"time"
)

// TaskKind separates live work, which has a deadline, from VOD, which waits for it.
type TaskKind string

// The kinds, in the order in which workers take them.
const (
	Live TaskKind = "live"
	VOD  TaskKind = "vod"
)

// SegmentID names one segment of the whole platform. Its text form is the task's message id and the tail of its
// subject: deliveries, retries and a second ingest's copies of the same segment all carry the same one.
type SegmentID struct {
	Kind    TaskKind `json:"kind"`
	Owner   string   `json:"owner"`   // the channel's or job's id
	Session string   `json:"session"` // one unbroken life of the timeline
	Number  int64    `json:"number"`  // from 0, without holes
}

// String is "live.news.s1a2b3.42".
func (s SegmentID) String() string {
	return fmt.Sprintf("%s.%s.%s.%d", s.Kind, s.Owner, s.Session, s.Number)
}

// Prefix is the folder of the session's objects in the store: "live/news/s1a2b3".
func (s SegmentID) Prefix() string { return fmt.Sprintf("%s/%s/%s", s.Kind, s.Owner, s.Session) }

// Task asks for one segment. Encoding it is a pure function: the same task and source give the same bytes on any node
// at any try, so that duplicate deliveries and stale workers are harmless.
type Task struct {
	ID       SegmentID `json:"id"`
	Interval Interval  `json:"interval"`
	Last     bool      `json:"last,omitempty"` // no segment follows in this session
	Ladder   Ladder    `json:"ladder"`
	// Store is the object store's URL (empty: the system's own); Prefix is the folder in it that the session's objects
	// go to: PREFIX/RENDITION/NUMBER.m4s and PREFIX/RENDITION/init-HASH.mp4.
	Store  string `json:"store,omitempty"`
	Prefix string `json:"prefix"`
	Parts  []Part `json:"parts"` // in timeline order; none: the whole segment is slate and silence
	// Slate is the key of the channel's own picture for a source that is not there, the SHA-256 of the image in hex; empty:
	// the built-in one.
	Slate string `json:"slate,omitempty"`
	// Time is the wall-clock time of the interval's first frame (EXT-X-PROGRAM-DATE-TIME).
	Time time.Time `json:"time"`
	// Arrived is when the last of its source came in from the network; zero for VOD.
	Arrived time.Time `json:"arrived,omitzero"`
	// Raised is when the last of its source was in the source window; Deadline is when its result is too late to be
	// listed. VOD tasks have no deadline (zero).
	Raised   time.Time `json:"raised"`
	Deadline time.Time `json:"deadline,omitzero"`
}

// Part is one stretch of source that maps onto the timeline by one rule. A segment has more than one only where the
// source's clock changed or its streams moved to other PIDs inside it, or bytes of it were lost; other codecs and tracks
// make a new session.
type Part struct {
	Window *WindowRange `json:"window,omitempty"` // exactly one of Window
	Object *ObjectRange `json:"object,omitempty"` // and Object is set
	Format string       `json:"format"`           // libavformat's demuxer name, set explicitly: nothing is guessed
	// Prefix goes before the source's bytes: the PAT and PMT packets that a cut in mid-stream lacks.
	Prefix []byte        `json:"prefix,omitempty"`
	Video  *VideoSource  `json:"video,omitempty"`
	Audio  []AudioSource `json:"audio,omitempty"`
}

// WindowRange is a byte range of a channel's source window: messages First to Last (stream sequences, inclusive),
// without the first Skip bytes of the first and with Length bytes in all.
type WindowRange struct {
	Stream string `json:"stream"`
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Skip   int64  `json:"skip,omitempty"`
	Length int64  `json:"length"`
}

// ObjectRange is a file, local or remote. Transport streams are read from Offset to End as they are; other containers
// are opened whole and sought to SeekTS, a time stamp in SeekStream's time base.
type ObjectRange struct {
	URL        string `json:"url"`
	Size       int64  `json:"size"`
	ETag       string `json:"etag,omitempty"` // the object must still be this one
	Offset     int64  `json:"offset,omitempty"`
	End        int64  `json:"end,omitempty"`
	SeekStream int    `json:"seek_stream,omitempty"`
	SeekTS     *int64 `json:"seek_ts,omitempty"` // nil: from the beginning
}

// VideoSource maps one video stream onto the grid: a picture whose time stamp is p belongs to grid place
// Frame + round((p-Origin) * TimeBase * grid rate). Time stamps are unwrapped around Origin and rise from there.
type VideoSource struct {
	Index    int      `json:"index"`         // libavformat's stream index, where there is no PID
	PID      int      `json:"pid,omitempty"` // transport streams
	Codec    string   `json:"codec"`
	TimeBase Rational `json:"time_base"`
	WrapBits int      `json:"wrap_bits,omitempty"` // 33 in transport streams; 0: no wrap
	Origin   int64    `json:"origin"`              // unwrapped time stamp
	Frame    int64    `json:"frame"`               // its grid place
	// From and To bound the grid places this part may fill: [From, To).
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// AudioSource maps one audio stream onto the timeline. A coded frame whose time stamp is p begins at source sample
// Sample + q, where q = (p-Origin) * TimeBase * SampleRate rounded to a multiple of FrameSize (to an integer where
// FrameSize is 0): the time stamps' rounding never reaches the samples, whichever frame decoding starts with.
// Samples are counted at SampleRate from the session's origin.
//
// With a Drift, the drift at the frame's time is added to q before it is rounded, and the source sample that is heard at
// an output sample is the one at its time plus the drift there.
type AudioSource struct {
	Index      int      `json:"index"`
	PID        int      `json:"pid,omitempty"`
	Codec      string   `json:"codec"`
	TimeBase   Rational `json:"time_base"`
	WrapBits   int      `json:"wrap_bits,omitempty"`
	SampleRate int      `json:"sample_rate"`
	Channels   int      `json:"channels"`
	FrameSize  int      `json:"frame_size,omitempty"`
	Origin     int64    `json:"origin"`
	Sample     int64    `json:"sample"`
	Drift      Drift    `json:"drift,omitempty"`
	// From and To bound the output samples (at AudioRate) this part may fill: [From, To).
	From int64 `json:"from"`
	To   int64 `json:"to"`
}
