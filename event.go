package rung

import "time"

// Severity grades an alarm as ITU-T X.733 does, without its finer steps.
type Severity string

// The severities.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Major    Severity = "major"
	Critical Severity = "critical"
)

// Event is one entry of the feed: a state change, or an alarm raised or cleared.
type Event struct {
	Seq      uint64    `json:"seq,omitempty"` // the feed's own number, set when it is read
	Time     time.Time `json:"time"`
	Type     string    `json:"type"` // channel.created, .updated, .deleted, .state, .alarm or .alarm_cleared; job.state or .alarm
	Severity Severity  `json:"severity"`
	Channel  string    `json:"channel,omitempty"`
	Job      string    `json:"job,omitempty"`
	Node     string    `json:"node,omitempty"`
	Code     string    `json:"code,omitempty"` // of an alarm, or the state
	Message  string    `json:"message"`
	Since    time.Time `json:"since,omitzero"`     // of a cleared alarm: when it was seen first
	Duration Duration  `json:"duration,omitempty"` // of a cleared alarm: from when it was seen first until it was over or seen last
}
