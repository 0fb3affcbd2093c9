package resource

import "rung"

// ChannelSpec is the part of a channel that its operator sets: the body of a creation, and what a merge patch
// (RFC 7396) applies to.
type ChannelSpec struct {
	ID      string        `json:"id"`
	Name    string        `json:"name,omitempty"`
	Source  rung.Source   `json:"source"`
	Profile string        `json:"profile"`
	Enabled *bool         `json:"enabled,omitempty"` // nil: true
	Window  int           `json:"window,omitempty"`  // segments; 0: 10, else at least 6
	DVR     rung.Duration `json:"dvr,omitempty"`     // 0: the window
}
