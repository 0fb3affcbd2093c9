package ingest

import "time"

// block is whole transport packets that arrived together.
type block struct {
	packets []byte
	arrived time.Time // of the first
}
