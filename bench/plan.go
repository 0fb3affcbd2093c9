package bench

// Plan says what a number of channels takes: nodes, memory, network, storage, requests, money. Each figure says what it
// comes from: a report's measurement, a profile's declaration, or a rule.
type Plan struct {
	Demand   []PlanDemand `json:"demand"`
	Channels int          `json:"channels"` // of all profiles
	Spare    int          `json:"spare"`    // nodes that may be lost at once
	Nodes    []PlanNode   `json:"nodes"`    // the types there are, one a report
	// Options are ways to carry the channels: with each type alone, then with the cheapest mix of two where that is cheaper.
	Options []PlanOption `json:"options"`
	Best    int          `json:"best"` // index in Options: the cheapest, or without prices the one with the fewest nodes
	Traffic []PlanFigure `json:"traffic"`
	Rules   []string     `json:"rules"`
}

// bestOption is the option that the plan recommends.
func (p *Plan) bestOption() *PlanOption { return &p.Options[p.Best] }
