package bench

// StageCost is the processor time that one stage of the work took.
type StageCost struct {
	Stage string  `json:"stage"` // ingest, decode, deinterlace, scale, encode:<rendition>, audio, mux, engine, store, control
	CPUUS int64   `json:"cpu_us"`
	Share float64 `json:"share"` // of all of the run's processor time
}
