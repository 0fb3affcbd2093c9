package bench

import "rung/profiles"

// PlanReport is a density report of one type of node.
type PlanReport struct {
	Name   string // file name
	Report *Report
	Price  float64 // an hour; 0: not given
	// Profiles are those of the report's load, as far as they are known: what they say of presets tells whether a
	// profile that was not measured can be taken from them.
	Profiles map[string]*profiles.Profile
}
