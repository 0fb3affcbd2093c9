package bench

// Trial is one run of a number of live channels, paced in real time.
type Trial struct {
	Channels   int   `json:"channels"`
	Repeat     int   `json:"repeat"`      // which of the repeated searches it belongs to, from 1
	Sustained  bool  `json:"sustained"`   // it was measured for the full duration
	DurationUS int64 `json:"duration_us"` // that it was measured for, after its warm-up

	Segments int64   `json:"segments"` // that were due in that time
	OnTime   int64   `json:"on_time"`  // listed within their deadline
	Late     int64   `json:"late"`     // listed after it
	Missing  int64   `json:"missing"`  // listed as gaps, or never
	Share    float64 `json:"share"`    // OnTime of Segments
	// Growth is how much later segments get for each second that the run lasts, in seconds: more than nothing means that
	// work comes in faster than it is done, and that a longer run would not hold.
	Growth float64 `json:"growth"`
	Held   bool    `json:"held"`          // the target, without growth
	Why    string  `json:"why,omitempty"` // it did not hold

	// Latency is from the arrival of a segment's last source packet to the segment's listing in all of its playlists.
	Latency Percentiles `json:"latency"`
	// BusyCores is the processor time of the whole process tree in the measured time, in cores. The kernel's own
	// time in interrupts and in writing to disk is not part of it.
	BusyCores float64 `json:"busy_cores"`
	// OtherCores is the processor time that other programs took of the machine meanwhile, in cores.
	OtherCores float64           `json:"other_cores"`
	Stages     []StageCost       `json:"stages,omitempty"`
	Throughput Throughput        `json:"throughput"`
	Renditions []RenditionResult `json:"renditions,omitempty"`
	Memory     MemoryFigures     `json:"memory"`
}
