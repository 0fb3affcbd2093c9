package bench

// PlanOption is one way to carry the demand.
type PlanOption struct {
	Nodes []PlanCount `json:"nodes"`
	Total int         `json:"total"` // spare ones included
	// Load is the processor's share in use while all nodes are there, Degraded while Spare of the strongest are lost.
	Load     float64 `json:"load"`
	Degraded float64 `json:"degraded"`
	// MemoryPerNode is the largest among the types, in bytes.
	MemoryPerNode int64   `json:"memory_per_node"`
	PricePerHour  float64 `json:"price_per_hour,omitempty"`
	// PerChannelHour is what an hour of a channel costs, spare nodes included.
	PerChannelHour float64 `json:"per_channel_hour,omitempty"`
}
