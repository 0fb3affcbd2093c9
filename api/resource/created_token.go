package resource

// CreatedToken is the answer to a token's creation: the only time that its secret is shown.
type CreatedToken struct {
	Token
	Secret string `json:"secret"`
}
