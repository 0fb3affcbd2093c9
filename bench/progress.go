package bench

import "time"

// Progress hears how a measurement goes on.
type Progress interface {
	// Begin says what is done now and how long it takes; 0: not known.
	Begin(what string, expected time.Duration)
	// Update says more of it, about once a second.
	Update(text string)
	// End says what came of it.
	End(text string)
}
