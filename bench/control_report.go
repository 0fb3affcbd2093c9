package bench

// ControlReport is what one measurement of the control plane came to. Times are in microseconds, memory is in bytes.
type ControlReport struct {
	Machine  Machine `json:"machine"`
	Channels int     `json:"channels"`
	OnAir    int     `json:"on_air"`   // channels with segments listed when measuring began
	Sessions int     `json:"sessions"` // of all channels; more than channels: some have lost their lease and begun anew
	Slots    int     `json:"slots"`
	Store    string  `json:"store"` // memory, or a folder
	Queue    string  `json:"queue"` // the folder of the embedded queue

	SettleUS   int64 `json:"settle_us"` // on the air before measuring began
	DurationUS int64 `json:"duration_us"`
	Segments   int64 `json:"segments"` // listed, of those whose last packet came in the measured time
	Gaps       int64 `json:"gaps"`     // listed as gaps, warm-up included
	Unlisted   int64 `json:"unlisted"` // not listed when the measurement gave up waiting

	// Latency is from a segment's last packet to its being in the playlists of all renditions; the others are its parts:
	// until the packets are in the source window, until a worker has the task, until all objects are stored, and until the
	// playlists are.
	Latency  Percentiles `json:"latency"`
	Window   Percentiles `json:"window"`
	Queueing Percentiles `json:"queueing"`
	Work     Percentiles `json:"work"`
	Publish  Percentiles `json:"publish"`
	// Feed is how late the feed itself sent packets, up to feedTick of it by its own clock: what the machine kept this
	// process waiting for. Each step of a latency waits likewise. Where it is not far below the latencies, the machine was
	// short of processor time.
	Feed Percentiles `json:"feed"`

	BusyCores  float64            `json:"busy_cores"`  // of this process
	ChildCores float64            `json:"child_cores"` // of the instant engines
	OtherCores float64            `json:"other_cores"` // of everything else on the machine meanwhile
	CPUShares  map[string]float64 `json:"cpu_shares"`  // of this process' time, by part

	MemoryBase       int64 `json:"memory_base"` // PSS before the first channel
	Memory           int64 `json:"memory"`      // PSS at the end
	MemoryPerChannel int64 `json:"memory_per_channel"`
	HeapPerChannel   int64 `json:"heap_per_channel"` // live objects after a collection
	Goroutines       int   `json:"goroutines"`       // for each channel
}
