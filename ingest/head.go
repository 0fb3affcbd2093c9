package ingest

import "time"

const (
	// jumpTicks is how far a time stamp may be from what is expected before it is taken as a new clock: 500 ms.
	jumpTicks = 45000
	// flaggedJumpTicks is the same where the stream says that its clock changes: 100 ms.
	flaggedJumpTicks = 9000
	// nearTicks is how far the streams of one clock lie apart at the most: 10 s.
	nearTicks = 900000
	// maxAstray is how much earlier than by its habit a live source may come (what a sender or a network has held back
	// comes at once), and how much later sound beside pictures may.
	maxAstray = 30 * time.Second
	// maxStrays is how many time stamps in a row may fit no clock before they are taken as a new one.
	maxStrays = 50
	// reorderTicks is how far a picture is shown after it is decoded at the most: 10 s, which still pictures take
	// (ISO/IEC 13818-1, 2.4.2.6). What says more is damaged.
	reorderTicks = 900000
	// maxLag bounds how far behind the others a stream may be by habit, in microseconds.
	maxLag = 5_000_000
	// missingMicros is how much farther behind than by its habit a stream is when it is not waited for any more.
	missingMicros = 1_000_000
)

// head is how far one elementary stream has come.
type head struct {
	stretch  *stretch  // whose clock it follows
	ts       int64     // the last time stamp in decoding order, in its own time base
	at       time.Time // when that came
	strays   int
	seen     bool      // it has been placed on the timeline
	placed   time.Time // when that was last
	micros   int64     // of the last that was placed, on the timeline
	place    int64     // the same in grid places, for video
	position int64
	lag      int64 // how far behind the foremost stream it is by habit, in microseconds
}

// near reports whether two time stamps differ by no more than tolerance.
func near(a, b, tolerance int64) bool { return a-b <= tolerance && b-a <= tolerance }

// ticksSince is the wall-clock time since the last time stamp in 90 kHz ticks; 0 where there is no wall clock.
func (h *head) ticksSince(now time.Time) int64 {
	if h.at.IsZero() || now.IsZero() {
		return 0
	}
	return ticksOf(now.Sub(h.at))
}
