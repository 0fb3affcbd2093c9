package bench

import "fmt"

// BDRate is a BD-rate and what it rests on.
type BDRate struct {
	Percent float64 `json:"percent"`
	// Overlap is the share of the anchor's range of quality that both curves cover, which is what the rates are compared
	// over. Under a half the figure is weak.
	Overlap float64 `json:"overlap"`
	// Unknown says why there is no figure; Percent is then zero.
	Unknown string `json:"unknown,omitempty"`
}

func (r BDRate) text() string {
	if r.Unknown != "" {
		return "-"
	}
	return fmt.Sprintf("%+.2f%%", r.Percent)
}
