package bench

import "slices"

// Quality says what a profile's renditions lose against their source, at what rate and for how much processor time: the
// figures that a ladder is chosen by.
type Quality struct {
	MediaUS  int64 `json:"media_us"` // content measured, of all inputs
	Segments int   `json:"segments"`
	Repeats  int   `json:"repeats"` // how often each setting was encoded, for its processor time
	// FullSize says that every rendition was scaled to the widest one's size before it was compared; else each is compared
	// at its own size.
	FullSize bool           `json:"full_size,omitempty"`
	Capped   bool           `json:"capped,omitempty"` // points other than the profile's own keep its max_rate as well
	Curves   []QualityCurve `json:"curves"`           // the anchor's first
	// Deltas compare each variant with the first one; there are none where there is but one.
	Deltas []QualityDelta `json:"deltas,omitempty"`
}

// variants are the names of the profiles and presets, the anchor's first.
func (q *Quality) variants() []string {
	var names []string
	for _, c := range q.Curves {
		if !slices.Contains(names, c.Variant) {
			names = append(names, c.Variant)
		}
	}
	return names
}
