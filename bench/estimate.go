package bench

// Estimate is the guess from unpaced encoding that a search begins with. It is no answer.
type Estimate struct {
	RealTimeFactor float64 `json:"real_time_factor"` // seconds of content encoded in a second, by all slots together
	Channels       int     `json:"channels"`         // what that would carry without any loss
	MediaUS        int64   `json:"media_us"`         // content encoded for it
	WallUS         int64   `json:"wall_us"`
}
