package resource

// ProbeSpec is the body of a probe.
type ProbeSpec struct {
	URL string `json:"url"`
}
