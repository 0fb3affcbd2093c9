package ingest

// wakeup rouses the one goroutine that receives from it, which then looks at everything that may have happened. With a
// thousand sources a select over all that each waits for, three tickers among it, was an eighth of the control plane's time
// (docs/control-plane.md).
type wakeup chan struct{}

func newWakeup() wakeup { return make(wakeup, 1) }

// rouse never waits: one wake-up stands for any number.
func (w wakeup) rouse() {
	select {
	case w <- struct{}{}:
	default:
	}
}
