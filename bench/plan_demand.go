package bench

// PlanDemand is a number of channels of one profile.
type PlanDemand struct {
	Profile  string `json:"profile"`
	Channels int    `json:"channels"`
}
