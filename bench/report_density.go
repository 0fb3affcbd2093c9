package bench

// Density says how many live channels the machine carries.
type Density struct {
	Load       Load    `json:"load"`
	Target     float64 `json:"target"`      // share of segments that must be listed within their deadline
	DurationUS int64   `json:"duration_us"` // that a run is measured for, after its warm-up
	Slots      int     `json:"slots"`       // segments encoded at a time

	Channels    int `json:"channels"`    // carried: the most that held the target in a sustained, paced run
	Recommended int `json:"recommended"` // with headroom, by HeadroomRule
	// Headroom is the share of the processor that Recommended leaves free.
	Headroom     float64 `json:"headroom"`
	HeadroomRule string  `json:"headroom_rule"`
	// Limit says why it is not one more: it was tried and did not hold, or was not asked for.
	Limit  string `json:"limit"`
	Spread Spread `json:"spread"` // of repeated searches

	Estimate Estimate `json:"estimate"`
	Trials   []Trial  `json:"trials"` // every paced run, in order
	// Answer is the index in Trials of the run that Channels and the figures of a reader's summary come from; of the run
	// with one channel where none was carried.
	Answer int `json:"answer"`
	// Fitting is there where not even one channel was carried: the largest built-in profile that the machine carries.
	Fitting *Fitting `json:"fitting,omitempty"`
	Peer    *Peer    `json:"peer,omitempty"` // the same content and ladder by one FFmpeg process a channel
}

// AnswerTrial is the run that the answer's figures come from; nil where nothing was run.
func (d *Density) AnswerTrial() *Trial {
	if d.Answer < 0 || d.Answer >= len(d.Trials) {
		return nil
	}
	return &d.Trials[d.Answer]
}
