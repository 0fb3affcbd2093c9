package conformance

import (
	"sync"

	"rung/internal/mediatest"
)

// outcome is a row of the printed table.
type outcome struct {
	stream stream
	kind   kinds
	in     int64
	report *mediatest.Report
}

// outcomes collects the rows of tests that run at the same time.
type outcomes struct {
	mu   sync.Mutex
	rows []outcome
}

func (o *outcomes) add(row outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = append(o.rows, row)
}
