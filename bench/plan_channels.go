package bench

import "rung/profiles"

// PlanChannels is a demand with its profile.
type PlanChannels struct {
	Profile  *profiles.Profile
	Channels int
}
