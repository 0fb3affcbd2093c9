package scheduler

import (
	"context"
	"errors"

	"rung"
)

// verb is what is done with a delivery that did not end in a result of its worker's.
type verb int

const (
	retry    verb = iota // hand it back after a delay, or after the last try end it as failed
	reject               // end it: another try would give the same
	expire               // end it: it is too late
	handBack             // hand it back at once; it was not a try
)

// verbs is the one table from codes to what is done (docs/architecture.md, "What ends a task"). A code that is not here
// is worth another try.
var verbs = map[rung.Code]verb{
	rung.CodeBadInput:    reject,
	rung.CodeUnsupported: reject,
	rung.CodeEncrypted:   reject,
	rung.CodeDeadline:    expire,
	rung.CodeCanceled:    handBack,
}

func verbOf(cause error) verb {
	if errors.Is(cause, context.Canceled) {
		return handBack
	}
	return verbs[rung.CodeOf(cause)]
}
