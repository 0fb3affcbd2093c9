package ingest

// wakeup rouses the one goroutine that receives from it, which then looks at everything that may have happened. To wait for
// one channel costs a tenth of waiting for seven with their timers, and a channel's goroutine waits some 40 times a second.
type wakeup chan struct{}

func newWakeup() wakeup { return make(wakeup, 1) }

// rouse never waits: one wake-up stands for any number.
func (w wakeup) rouse() {
	select {
	case w <- struct{}{}:
	default:
	}
}
