package resource

import "rung"

// Job is a job as the API shows it.
type Job struct {
	rung.Job
	Progress    float64 `json:"progress"`               // 0 to 1, by segments
	PlaybackURL string  `json:"playback_url,omitempty"` // once it is done, where its output is the system's store
}
