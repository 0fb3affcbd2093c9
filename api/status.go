package api

// status is the answer of the health checks.
type status struct {
	Status string `json:"status"`
}
