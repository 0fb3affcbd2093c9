// SPDX-License-Identifier: GPL-3.0-or-later

package engine

// stepWatch tells the processor time of one goroutine's steps apart, which follow each other picture by picture. It is used
// on the thread of the stage that it was made on.
type stepWatch struct {
	stages *stages
	step   string
	since  int64 // the thread's clock, in microseconds
}

// newStepWatch begins in a step.
func newStepWatch(s *stages, step string) *stepWatch {
	return &stepWatch{stages: s, step: step, since: threadMicros()}
}

// enter says that the next step begins, and accounts the time since the last such moment to the one before.
func (w *stepWatch) enter(step string) {
	now := threadMicros()
	w.stages.account(w.step, now-w.since)
	w.step, w.since = step, now
}
