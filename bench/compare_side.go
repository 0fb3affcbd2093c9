package bench

// CompareSide are the reports of one side: repeated runs of the same.
type CompareSide struct {
	Files   []string `json:"files"`
	Version string   `json:"version"` // of rung
}
