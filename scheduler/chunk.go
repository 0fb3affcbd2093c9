package scheduler

import "time"

// chunk is one message of a window that is not acknowledged yet.
type chunk struct {
	n     uint64 // counts the writer's chunks from 1
	data  []byte
	acked func(seq uint64, err error)
	sent  time.Time // zero: to be sent
	seq   uint64    // 0: not acknowledged
}
