package scheduler

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

const (
	// ackTimeout is how long a chunk's acknowledgement may take before the chunk is sent again.
	ackTimeout = 5 * time.Second
	// maxAckTimeout is what it doubles up to, each time that this brings nothing, where the server is private: that loses
	// no message, so it is late, and with each chunk twice it would be later still. A cluster loses some with a leader.
	maxAckTimeout = 20 * time.Second
	// resendPause lies between a refusal and the next try.
	resendPause = 200 * time.Millisecond
)

// writer sends one channel's chunks in order until it is closed or overtaken.
type writer struct {
	s       *System
	channel string
	id      string
	inbox   string
	sub     *nats.Subscription
	wake    chan struct{} // capacity 1: there is something to send
	stop    chan struct{}
	stopped chan struct{}

	mu      sync.Mutex
	pending []*chunk // from the oldest that is not acknowledged
	bytes   int64
	count   uint64
	timeout time.Duration // ackTimeout, or longer
	refused time.Time     // when the server last refused a chunk; zero: not since
	unbound bool          // the oldest chunk is sent without a condition, for its predecessor is lost
	err     error         // why the writer has ended

	deliver sync.Mutex // held while acked functions are called, so that they are called in order
}

func newWriter(s *System, channel string) *writer {
	return &writer{
		s: s, channel: channel, id: "w" + newInstance(), inbox: s.nc.NewInbox(),
		wake: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}), timeout: ackTimeout,
	}
}

func (w *writer) start() (err error) {
	if w.sub, err = w.s.nc.Subscribe(w.inbox+".*", w.answer); err != nil {
		return err
	}
	if !w.s.launch(w.run) {
		return closedError()
	}
	return nil
}

// append takes a chunk over; run sends it.
func (w *writer) append(data []byte, acked func(uint64, error)) error {
	if limit := w.s.nc.MaxPayload() - headerRoom; int64(len(data)) > limit {
		return rung.Errorf(rung.CodeInvalid, "cut it into smaller ones", "source window of channel %s: a chunk of %d bytes exceeds the queue's %d", w.channel, len(data), limit)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if w.bytes+int64(len(data)) > w.s.o.WindowInFlight {
		return rung.Errorf(rung.CodeUnavailable, "check that NATS runs and keeps up", "source window of channel %s: %d bytes wait to be stored, and %d more exceed %d", w.channel, w.bytes, len(data), w.s.o.WindowInFlight)
	}
	w.count++
	w.bytes += int64(len(data))
	w.pending = append(w.pending, &chunk{n: w.count, data: data, acked: acked})
	w.kick()
	return nil
}

func (w *writer) kick() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run sends chunks until the writer is closed.
func (w *writer) run() {
	defer close(w.stopped)
	again := time.NewTimer(ackTimeout)
	defer again.Stop()
	for {
		restored := w.s.link.restored()
		if wait := w.send(); wait > 0 {
			again.Reset(wait)
		} else {
			again.Stop()
		}
		select {
		case <-w.wake:
		case <-again.C:
			w.resendLate()
		case <-restored:
			w.resendAll()
		case <-w.stop:
			return
		case <-w.s.done:
			w.end(closedError())
			return
		}
	}
}

// send sends what is to be sent, in order. While the server refuses, that is only the oldest chunk, at intervals. It gives
// the time after which to look again though nothing has happened; 0: nothing waits.
func (w *writer) send() (wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, c := range w.pending {
		if !w.refused.IsZero() && (i > 0 || time.Since(w.refused) < resendPause) {
			return resendPause
		}
		if !c.sent.IsZero() {
			continue
		}
		if err := w.s.nc.PublishMsg(w.message(i, c)); err != nil {
			return resendPause // NATS is away: all are sent again when it is back
		}
		c.sent = time.Now()
	}
	if len(w.pending) == 0 {
		return 0
	}
	return max(resendPause, w.timeout-time.Since(w.pending[0].sent))
}

// message is a chunk's message. It is stored only behind the one before it, except where that one is lost, or none.
func (w *writer) message(i int, c *chunk) *nats.Msg {
	n := strconv.FormatUint(c.n, 10)
	h := nats.Header{nats.MsgIdHdr: {w.id + "-" + n}}
	if c.n > 1 && !(i == 0 && w.unbound) {
		h[nats.ExpectedLastMsgIdHdr] = []string{w.id + "-" + strconv.FormatUint(c.n-1, 10)}
	}
	return &nats.Msg{Subject: "src." + w.channel, Reply: w.inbox + "." + n, Header: h, Data: c.data}
}

// resendAll has all sent anew: the connection is another.
func (w *writer) resendAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timeout = ackTimeout
	w.unsend()
}

// unsend makes all chunks ones that are to be sent.
func (w *writer) unsend() {
	for _, c := range w.pending {
		c.sent = time.Time{}
	}
	w.refused = time.Time{}
}

// resendLate sends all again when the oldest chunk's acknowledgement is overdue; those that were stored are dropped by
// their ids, and acknowledged.
func (w *writer) resendLate() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pending) > 0 && !w.pending[0].sent.IsZero() && time.Since(w.pending[0].sent) > w.timeout {
		if w.s.private() {
			w.timeout = min(2*w.timeout, maxAckTimeout)
		}
		w.unsend()
	}
}

// answer takes the server's answer to one chunk.
func (w *writer) answer(m *nats.Msg) {
	w.deliver.Lock()
	defer w.deliver.Unlock()
	n, _ := strconv.ParseUint(m.Subject[len(w.inbox)+1:], 10, 64)
	seq, err := parseAck(m)
	w.mu.Lock()
	var c *chunk
	if len(w.pending) > 0 && n >= w.pending[0].n && n <= w.pending[len(w.pending)-1].n {
		c = w.pending[n-w.pending[0].n]
	}
	if c == nil { // acknowledged already, through another copy
		w.mu.Unlock()
		return
	}
	if err != nil {
		fatal := w.refuse(c, err)
		w.mu.Unlock()
		if fatal != nil {
			w.finish(fatal)
		}
		return
	}
	c.seq = seq
	done := w.takeAcked()
	w.mu.Unlock()
	for _, c := range done {
		c.acked(c.seq, nil)
	}
}

// takeAcked takes the acknowledged chunks off the front.
func (w *writer) takeAcked() (done []*chunk) {
	for len(w.pending) > 0 && w.pending[0].seq != 0 {
		c := w.pending[0]
		w.pending[0] = nil
		w.pending = w.pending[1:]
		w.bytes -= int64(len(c.data))
		done = append(done, c)
	}
	if len(done) > 0 {
		w.timeout = ackTimeout
		w.refused, w.unbound = time.Time{}, false // what was refused behind the oldest can go now
		if len(w.pending) > 0 {
			w.kick()
		}
	}
	return done
}

// refuse notes that the server did not store a chunk, and says where that ends the writer. A chunk behind the oldest is
// refused because the oldest was.
func (w *writer) refuse(c *chunk, err *jetstream.APIError) error {
	c.sent = time.Time{}
	if w.refused.IsZero() {
		w.refused = time.Now()
	}
	if c != w.pending[0] {
		return nil
	}
	w.refused = time.Now()
	if err.ErrorCode != errCodeWrongLastMsgID {
		w.s.o.Logger.Debug("source window refuses a chunk", "channel", w.channel, "error", err)
		return nil
	}
	last := strings.TrimPrefix(err.Description, "wrong last msg ID: ")
	if last == "" || strings.HasPrefix(last, w.id+"-") {
		// The stream lost the chunk before this one, with its machine's power or as a whole: go on behind what it has.
		w.unbound, w.refused = true, time.Time{}
		w.kick()
		return nil
	}
	return rung.Errorf(rung.CodeConflict, "only the holder of the channel's lease may write", "source window of channel %s: another process writes it", w.channel)
}

// finish ends the writer and fails all that is pending. The caller holds deliver.
func (w *writer) finish(err error) {
	w.mu.Lock()
	if w.err == nil {
		w.err = err
	}
	pending := w.pending
	w.pending, w.bytes = nil, 0
	w.mu.Unlock()
	for _, c := range pending {
		c.acked(0, err)
	}
}

// end stops listening for answers and fails all that is pending.
func (w *writer) end(err error) {
	w.sub.Unsubscribe()
	w.deliver.Lock()
	defer w.deliver.Unlock()
	w.finish(err)
}

// close ends the writer and waits for it.
func (w *writer) close(err error) {
	close(w.stop)
	<-w.stopped
	w.end(err)
}

// parseAck reads a publish acknowledgement.
func parseAck(m *nats.Msg) (uint64, *jetstream.APIError) {
	if m.Header.Get("Status") == "503" {
		return 0, &jetstream.APIError{Code: 503, Description: "no responders"}
	}
	var ack struct {
		Seq   uint64              `json:"seq"`
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &ack); err != nil {
		return 0, &jetstream.APIError{Code: 500, Description: err.Error()}
	}
	if ack.Error == nil && ack.Seq == 0 {
		return 0, &jetstream.APIError{Code: 500, Description: "acknowledgement without a sequence"}
	}
	return ack.Seq, ack.Error
}
