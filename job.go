package rung

import "time"

// Job is one VOD transcode.
type Job struct {
	ID         string     `json:"id"`
	Input      string     `json:"input"` // file:, https://, s3://
	Profile    string     `json:"profile"`
	Output     string     `json:"output,omitempty"` // folder or s3:// prefix; empty: the system's store
	State      JobState   `json:"state"`
	Error      *Error     `json:"error,omitempty"`
	Created    time.Time  `json:"created"`
	Started    time.Time  `json:"started,omitzero"`
	Finished   time.Time  `json:"finished,omitzero"`
	Session    string     `json:"session,omitempty"`
	Media      *MediaInfo `json:"media,omitempty"`
	Segments   int64      `json:"segments"` // in all; 0 until planned
	Done       int64      `json:"done"`
	DurationUS int64      `json:"duration_us,omitempty"`
}

// JobState only moves forward: queued, planning, running, then one of the ends.
type JobState string

// The states of a job.
const (
	JobQueued   JobState = "queued"
	JobPlanning JobState = "planning"
	JobRunning  JobState = "running"
	JobDone     JobState = "done"
	JobFailed   JobState = "failed"
	JobCanceled JobState = "canceled"
)

var jobOrder = map[JobState]int{JobQueued: 0, JobPlanning: 1, JobRunning: 2, JobDone: 3, JobFailed: 3, JobCanceled: 3}

// Ended reports whether the state is final.
func (s JobState) Ended() bool { return jobOrder[s] == 3 }

// CanBecome reports whether the state may change to next.
func (s JobState) CanBecome(next JobState) bool {
	_, known := jobOrder[next]
	return known && jobOrder[next] > jobOrder[s]
}
