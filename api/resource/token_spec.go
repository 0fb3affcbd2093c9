package resource

// TokenSpec is the body of a token's creation.
type TokenSpec struct {
	Name   string  `json:"name"`
	Scopes []Scope `json:"scopes"`
}
