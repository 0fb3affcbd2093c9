package bench

// Peer is what the machine carries where one FFmpeg process does each channel's ladder from the same files, paced by
// FFmpeg itself, measured and searched in the same way.
type Peer struct {
	Program  string   `json:"program"`
	Version  string   `json:"version"`
	Command  []string `json:"command"` // of one channel
	Channels int      `json:"channels"`
	Limit    string   `json:"limit"`
	Trials   []Trial  `json:"trials"` // without stages and renditions, which only Rung's engine tells
	Answer   int      `json:"answer"` // index in Trials
	// Ratio is Rung's channels over FFmpeg's; zero where FFmpeg carries none.
	Ratio float64 `json:"ratio"`
	// CPURatio is the processor time of a second of a channel by Rung over FFmpeg's, each at its own answer.
	CPURatio float64 `json:"cpu_ratio"`
}
