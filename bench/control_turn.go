package bench

import "time"

// controlTurn is a receiver and when its next packets are due: a tick looks at thousands, of which few have some due.
type controlTurn struct {
	due      time.Time
	receiver *ControlReceiver
}
