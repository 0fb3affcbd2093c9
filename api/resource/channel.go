package resource

import (
	"time"

	"rung"
)

// Channel is a channel as the API shows it: what its operator asked for, and what is observed of it. Secrets of its
// source are left out.
type Channel struct {
	rung.Channel
	State         rung.ChannelState  `json:"state"`
	Error         *rung.Error        `json:"error,omitempty"` // why it waits or failed
	Node          string             `json:"node,omitempty"`  // the ingest node that has it
	Session       string             `json:"session,omitempty"`
	Since         time.Time          `json:"since,omitzero"` // of the state
	Raised        int64              `json:"raised"`         // segments raised in this session
	Media         *rung.MediaInfo    `json:"media,omitempty"`
	SourceFigures rung.SourceFigures `json:"source_figures"`
	Alarms        []rung.Alarm       `json:"alarms"`
	Renditions    []Rendition        `json:"renditions,omitempty"` // of a single channel; left out of lists
	Latency       rung.Duration      `json:"latency,omitempty"`    // of the rendition furthest behind; left out of lists
	PlaybackURL   string             `json:"playback_url"`
}
