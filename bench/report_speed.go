package bench

// Speed is the unpaced throughput of a profile.
type Speed struct {
	Profile string     `json:"profile"`
	MediaUS int64      `json:"media_us"` // content that each run encodes
	Runs    []SpeedRun `json:"runs"`
	Best    int        `json:"best"`   // index in Runs of the fastest setting
	Config  []string   `json:"config"` // the configuration lines that make it the node's
}
