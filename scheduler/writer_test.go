package scheduler

import (
	"testing"
	"time"
)

// A chunk whose acknowledgement stays away is sent again after a time that doubles, and begins anew once one has come; but
// each time after the same where the server is one that messages can be lost on the way to.
func TestWriterWaitsLongerEachTime(t *testing.T) {
	w := &writer{s: &System{embedded: &embedded{}}, wake: make(chan struct{}, 1), timeout: ackTimeout, pending: []*chunk{{n: 1}, {n: 2}}}
	late := func(after time.Duration) bool {
		for _, c := range w.pending {
			c.sent = time.Now().Add(-after)
		}
		w.resendLate()
		again := w.pending[0].sent.IsZero()
		if again != w.pending[len(w.pending)-1].sent.IsZero() {
			t.Error("some of the chunks are sent again, and some are not")
		}
		return again
	}
	for _, wait := range []time.Duration{ackTimeout, 2 * ackTimeout, maxAckTimeout, maxAckTimeout} {
		if late(wait - time.Second) {
			t.Errorf("it was sent again before %v", wait)
		}
		if !late(wait + time.Second) {
			t.Errorf("it was not sent again after %v", wait)
		}
	}
	w.pending[0].seq = 1
	w.takeAcked()
	if !late(ackTimeout + time.Second) {
		t.Error("after an acknowledgement it still waits for longer")
	}
	w.s.embedded, w.timeout = nil, ackTimeout
	for range 3 {
		if !late(ackTimeout + time.Second) {
			t.Error("it waits for longer for a server elsewhere")
		}
	}
}
