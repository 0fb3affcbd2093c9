package ingest

import "time"

// sound is a piece of coded audio that has been received whole, in the track's time base.
type sound struct {
	track         int
	pts           int64
	samples       int64     // how much begins in it, at the source's rate; 0: not known
	position, end int64     // its bytes lie in [position, end)
	arrived       time.Time // its first byte; zero: as it is told
}
