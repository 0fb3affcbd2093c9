package resource

import "rung"

// Profile is an encoding ladder as the API shows it.
type Profile struct {
	Name        string      `json:"name"`
	Description string      `json:"description,omitempty"`
	Builtin     bool        `json:"builtin"`
	YAML        string      `json:"yaml"`   // as its author wrote it
	Ladder      rung.Ladder `json:"ladder"` // resolved for a source of 1920x1080 at 25 frames a second
}
