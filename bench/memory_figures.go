package bench

// MemoryFigures are proportional set sizes (PSS), in bytes: what is shared is counted once.
type MemoryFigures struct {
	Peak    int64 `json:"peak"`    // the largest sum over the process tree
	Control int64 `json:"control"` // the rung process at that moment
	Engines int64 `json:"engines"` // its engines at that moment
	// PerChannel is Peak over the channels.
	PerChannel int64 `json:"per_channel"`
}
