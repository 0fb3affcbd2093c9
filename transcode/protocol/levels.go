package protocol

// Levels are a measure's values by plane and over all of them.
type Levels struct {
	Y   float64 `json:"y"`
	U   float64 `json:"u"`
	V   float64 `json:"v"`
	All float64 `json:"all"`
}
