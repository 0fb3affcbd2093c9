package bench

// qualitySetting is one point of all of a variant's curves.
type qualitySetting struct {
	crf       float64 // of every rendition, or 0
	step      float64 // else so far from each rendition's own
	asWritten bool
	capped    bool
}
