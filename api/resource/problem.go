package resource

import "rung"

// Problem is an error's document (RFC 9457, application/problem+json), with the platform's own code and hint.
type Problem struct {
	Type   string    `json:"type"`   // "about:blank": the status says what kind it is
	Title  string    `json:"title"`  // the status in words
	Status int       `json:"status"` // of HTTP
	Detail string    `json:"detail"` // a sentence that names the thing and the rule
	Code   rung.Code `json:"code"`
	Hint   string    `json:"hint,omitempty"`
}

// Err is the error that the problem tells of.
func (p Problem) Err() *rung.Error { return &rung.Error{Code: p.Code, Message: p.Detail, Hint: p.Hint} }
