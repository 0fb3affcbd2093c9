package bench

// PlanCount is a number of nodes of one type.
type PlanCount struct {
	Node  string `json:"node"`
	Count int    `json:"count"`
}
