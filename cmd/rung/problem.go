package main

import (
	"errors"

	"rung"
)

// problem is an error of a command as JSON, in the form of the API's (RFC 9457). Exit is the process's exit code.
type problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Detail string    `json:"detail"`
	Code   rung.Code `json:"code"`
	Hint   string    `json:"hint,omitempty"`
	Exit   int       `json:"exit"`
}

// problemOf is the problem that ends a command with the exit code. What is not one of the platform's errors is shown as it
// is: it is the user's own machine that it tells of.
func problemOf(err error, exit int) problem {
	p := problem{Type: "about:blank", Title: "the command failed", Detail: err.Error(), Code: rung.CodeOf(err), Exit: exit}
	if exit == exitUsage {
		p.Title = "the command line or the configuration is wrong"
	}
	var e *rung.Error
	if errors.As(err, &e) {
		p.Hint = e.Hint
	}
	return p
}
