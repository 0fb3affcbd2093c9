package bench

// PlanCost is what a channel of a profile takes of a node.
type PlanCost struct {
	Profile string  `json:"profile"`
	Cores   float64 `json:"cores"`    // processor time in a second
	PerNode float64 `json:"per_node"` // channels that fill a node's budget
	From    string  `json:"from"`
	// Caution says why the figure is a guess.
	Caution string `json:"caution,omitempty"`
}
