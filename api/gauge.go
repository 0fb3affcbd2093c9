package api

// Gauge is a figure of the process that /metrics shows beside the API's own.
type Gauge struct {
	Name  string // as Prometheus wants it, with its unit: rung_store_free_bytes
	Help  string
	Value func() float64 // called at each scrape, from any goroutine
}
