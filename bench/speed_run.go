package bench

// SpeedRun is one setting's throughput.
type SpeedRun struct {
	Slots   int   `json:"slots"`   // segments encoded at a time
	Threads int   `json:"threads"` // of each encoder
	WallUS  int64 `json:"wall_us"`
	CPUUS   int64 `json:"cpu_us"` // of the process tree
	Peak    int64 `json:"peak"`   // bytes: the most that the process tree took (PSS)
	// RealTimeFactor is the content encoded in a second of the wall clock, by all slots together.
	RealTimeFactor float64 `json:"real_time_factor"`
}
