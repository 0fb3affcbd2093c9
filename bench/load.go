package bench

// Load is what runs: channels of one profile, or of several in a proportion.
type Load struct {
	Mix []Share `json:"mix"`
	// Chosen says how the profile was chosen where the user did not.
	Chosen string `json:"chosen,omitempty"`
}

// Share is a profile's part of a load.
type Share struct {
	Profile string `json:"profile"`
	Parts   int    `json:"parts"` // of the sum of all
}
