package scheduler

import "time"

// holder is a lease's entry in its bucket.
type holder struct {
	Node     string    `json:"node"`
	Instance string    `json:"instance"` // one life of the node's process
	Since    time.Time `json:"since"`
}
