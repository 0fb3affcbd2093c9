package resource

// JobSpec is the body of a job's creation.
type JobSpec struct {
	ID      string `json:"id,omitempty"` // empty: the server chooses one
	Input   string `json:"input"`        // file:, http(s):// or s3:// URL
	Profile string `json:"profile"`
	Output  string `json:"output,omitempty"` // file: or s3:// URL; empty: the system's store
}
