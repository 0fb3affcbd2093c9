package rung

// AudioRate is the sampling rate of every encoded audio rendition, in Hz; AudioFrame is the number of samples in one
// AAC-LC access unit (ISO/IEC 14496-3). Audio frame n of a session begins at sample n*AudioFrame from its origin.
const (
	AudioRate  = 48000
	AudioFrame = 1024
)

// MediaOrigin is where a session's origin lies on the media clock of its segments (tfdt), in whole seconds. It is above
// zero because decode times precede presentation times by the reordering delay and cannot be negative.
const MediaOrigin = 10

// Grid is the output frame grid of a session: a constant rate, cut into segments of equal length in whole frames.
// Frame k is at k/Rate seconds from the origin, exactly.
type Grid struct {
	Rate          Rational `json:"rate"`           // output frames per second
	SegmentFrames int64    `json:"segment_frames"` // frames in each segment but the last
}

// Interval is one segment's place on the grid: video frames [First, First+Frames) and the audio frames whose first
// sample lies in that stretch of time, [AudioFirst, AudioFirst+AudioFrames).
type Interval struct {
	First       int64 `json:"first"`
	Frames      int64 `json:"frames"`
	AudioFirst  int64 `json:"audio_first"`
	AudioFrames int64 `json:"audio_frames"`
}

// End is the first frame after the interval.
func (i Interval) End() int64 { return i.First + i.Frames }

// AudioEnd is the first audio frame after the interval.
func (i Interval) AudioEnd() int64 { return i.AudioFirst + i.AudioFrames }

// Segment is the interval of segment number n (from 0).
func (g Grid) Segment(n int64) Interval { return g.Interval(n*g.SegmentFrames, g.SegmentFrames) }

// Interval is the interval of frames [first, first+frames).
func (g Grid) Interval(first, frames int64) Interval {
	a, b := g.audioFrameAt(first), g.audioFrameAt(first+frames)
	return Interval{First: first, Frames: frames, AudioFirst: a, AudioFrames: b - a}
}

// audioFrameAt is the first audio frame whose first sample is at or after video frame k.
func (g Grid) audioFrameAt(k int64) int64 {
	// sample >= k*den*48000/num  <=>  n >= k*den*48000 / (num*1024); the product fits 64 bits for 10^5 years of 60 fps.
	num, den := k*g.Rate.Den*(AudioRate/128), g.Rate.Num*(AudioFrame/128)
	n := num / den
	if num%den > 0 {
		n++
	}
	return n
}

// Micros is the time of frame k from the origin in microseconds, rounded: for playlists, logs and wall-clock deadlines.
func (g Grid) Micros(k int64) int64 { return Rescale(k, g.Rate.Inverse(), Rational{1, 1_000_000}) }

// FrameAt is the grid place nearest to a time stamp: offset is in units of timeBase from the origin.
func (g Grid) FrameAt(offset int64, timeBase Rational) int64 {
	return Rescale(offset, timeBase, g.Rate.Inverse())
}
