package mpegts

import "time"

// Discontinuity is a step in one of the program's clocks: back, forward by more than a second, or announced.
type Discontinuity struct {
	PID      int
	Clock    Clock
	Flagged  bool  // discontinuity_indicator announced it
	From     int64 // the value before, unwrapped, in 1/90000 s
	To       int64 // the value after
	Position int64 // of the packet that has the value after
	// Passed is the time, by Clock, from the packet that had the value before; PCR's only.
	Passed time.Duration
}

// Clock names what stepped.
type Clock string

// The clocks of a program that are followed.
const (
	ClockPCR   Clock = "pcr"
	ClockVideo Clock = "video" // DTS of the video stream
	ClockAudio Clock = "audio" // PTS of a selected audio stream
)

// maxStep is how far a clock may go forward from one value to the next, in 1/90000 s. The standards ask for a PCR each
// 0.1 s and a time stamp each 0.7 s; sparse audio and lost packets get some more.
const maxStep = Timescale
