package bench

// Fitting is the largest built-in profile that the machine carries, where the one asked for is too much for it. It comes
// from unpaced encoding and is an estimate.
type Fitting struct {
	Profile        string  `json:"profile"` // empty where none fits
	RealTimeFactor float64 `json:"real_time_factor"`
	Tried          []Tried `json:"tried"`
}

// Tried is one profile that was looked at.
type Tried struct {
	Profile        string  `json:"profile"`
	RealTimeFactor float64 `json:"real_time_factor"`
}
