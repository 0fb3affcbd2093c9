package bench

// Throughput is how many encoded luma samples came out, in millions a second.
type Throughput struct {
	MpixelPerSecond float64 `json:"mpixel_per_second"`
	PerCore         float64 `json:"per_core"` // of the machine's cores
	PerGHz          float64 `json:"per_ghz"`  // of the cores' frequencies together
}
