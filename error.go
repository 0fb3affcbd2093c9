package rung

import (
	"errors"
	"fmt"
	"strings"
)

// Code is the machine-readable class of an Error. One table maps codes to HTTP statuses (api) and one to queue
// verbs (scheduler).
type Code string

// The codes. The comment says whose fault each is.
const (
	CodeInvalid      Code = "invalid"      // the caller's: a malformed or contradictory request, profile or flag
	CodeUnauthorized Code = "unauthorized" // the caller's: no token, or an unknown one
	CodeForbidden    Code = "forbidden"    // the caller's: a token without the scope, an address not allowed
	CodeNotFound     Code = "not_found"    // the caller's: no such channel, job, profile or object
	CodeConflict     Code = "conflict"     // the caller's: it exists already, or its state does not allow this
	CodeBadInput     Code = "bad_input"    // the source's: video that cannot be read or decoded
	CodeUnsupported  Code = "unsupported"  // the source's: a codec, container or feature that is not supported
	CodeEncrypted    Code = "encrypted"    // the source's: scrambled or DRM-protected
	CodeSourceLost   Code = "source_lost"  // the source's: nothing arrives
	CodeUnavailable  Code = "unavailable"  // a dependency's: store, queue or network is away; worth another try
	CodeFull         Code = "full"         // a dependency's: disk or quota is used up
	CodeOverloaded   Code = "overloaded"   // ours: no capacity; worth another try later
	CodeEngine       Code = "engine"       // ours: the engine crashed, hung or is missing
	CodeDeadline     Code = "deadline"     // ours: not done in time
	CodeCanceled     Code = "canceled"     // nobody's: stopped on request
	CodeInternal     Code = "internal"     // ours: a bug
)

// Error is the one error type at the platform's boundary. Message is a sentence safe to show to a user that names the
// thing and the rule; Hint says what to do about it. Err, where set, is the internal cause: logged, never served.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Err     error  `json:"-"`
}

// Error implements error: the message, and the cause where the message does not end with it already.
func (e *Error) Error() string {
	if e.Err != nil && !strings.HasSuffix(e.Message, e.Err.Error()) {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap gives the internal cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf builds an Error with a formatted message. An error formatted with %w is part of the message, so its text has
// to be safe to show, and is kept as the cause.
func Errorf(code Code, hint, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: wrapped.Error(), Hint: hint, Err: errors.Unwrap(wrapped)}
}

// CodeOf is the code of the first Error in err's chain; CodeInternal for any other error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// AsError gives the first Error in err's chain, or wraps err as an internal one whose message is safe to show.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal, Message: "internal error", Hint: "the log has the details", Err: err}
}
