package resource

// List is the answer to a request for all of a kind.
type List[T any] struct {
	Items []T `json:"items"`
}
