package bench

// Spread says how far repeated searches lie apart, in channels.
type Spread struct {
	Answers []int `json:"answers"` // of each search, in order
	Low     int   `json:"low"`
	High    int   `json:"high"`
}
