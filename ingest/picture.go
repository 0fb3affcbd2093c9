package ingest

import "time"

// picture is one coded picture that has been received whole, in decoding order. Time stamps are unwrapped, in the video's
// time base.
type picture struct {
	pts, dts       int64
	randomAccess   bool
	recoveryFrames int       // from a random access point by gradual refresh to the first whole picture
	count          int       // pictures in it, at least 1
	position, end  int64     // its bytes lie in [position, end)
	arrived        time.Time // its first byte; zero: as it is told
}
