package ingest

import (
	"time"

	"rung"
)

// waitingTask is a segment whose source has been received, though not yet acknowledged by the source window.
type waitingTask struct {
	number   int64
	interval rung.Interval
	last     bool
	pieces   []sourcePiece
	arrived  time.Time // when the last of its source came
}

// sourcePiece is a part whose bytes are positions [from, to).
type sourcePiece struct {
	part     rung.Part
	from, to int64
}
