package bench

// PlanNode is one type of node, as a density report measured it.
type PlanNode struct {
	Name   string  `json:"name"` // of the report's file
	CPU    string  `json:"cpu"`
	Cores  int     `json:"cores"`
	Memory int64   `json:"memory"`          // bytes
	Price  float64 `json:"price,omitempty"` // an hour; 0: not given
	// Budget is the processor time that the node's channels may take, in cores.
	Budget PlanFigure `json:"budget"`
	Costs  []PlanCost `json:"costs"` // in the demand's order
	// Share is the part of the whole demand that one node carries, by whichever runs out first.
	Share    float64 `json:"share"`
	LimitBy  string  `json:"limit_by"` // processor or memory
	LoadedBy float64 `json:"loaded_by"`
	// EnginesMemory is what the node's engines take, whatever the number of channels, ChannelMemory what each channel adds.
	EnginesMemory PlanFigure `json:"engines_memory"`
	ChannelMemory PlanFigure `json:"channel_memory"`
}
