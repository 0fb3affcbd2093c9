package scheduler

import (
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"rung"
)

// pull is one kind of pull request, of which at most one is open at a time: polled (it asks for what is there now) or
// parked (it waits for one).
type pull struct {
	nc     *nats.Conn
	kind   rung.TaskKind
	parked bool
	inbox  string
	sub    *nats.Subscription
	serial int
	left   int       // deliveries the open request may still bring; 0: none is open
	seen   time.Time // its last sign of life
}

func openPull(nc *nats.Conn, kind rung.TaskKind, parked bool, answers chan *nats.Msg) (*pull, error) {
	p := &pull{nc: nc, kind: kind, parked: parked, inbox: nc.NewInbox()}
	var err error
	p.sub, err = nc.ChanSubscribe(p.inbox+".*", answers)
	return p, err
}

// ask opens a request for n tasks. One that cannot be sent is over at once.
func (p *pull) ask(n int) {
	body := fmt.Sprintf(`{"batch":%d,"no_wait":true}`, n)
	if p.parked {
		body = fmt.Sprintf(`{"batch":%d,"expires":%d,"idle_heartbeat":%d}`, n, parkExpiry, parkHeartbeat)
	}
	p.serial++
	p.left, p.seen = n, time.Now()
	subject := "$JS.API.CONSUMER.MSG.NEXT." + streamTasks + "." + string(p.kind)
	if err := p.nc.PublishRequest(subject, p.inbox+"."+strconv.Itoa(p.serial), []byte(body)); err != nil {
		p.left = 0
	}
}

// waits reports whether a request is open, as far as its signs of life tell.
func (p *pull) waits() bool { return p.left > 0 && time.Since(p.seen) <= parkLost }

// status takes the server's word on a request: a sign of life (100), its end (404 none there, 408 over), or a refusal,
// which it reports (409 the consumer has moved, 503 no consumer answers yet).
func (p *pull) status(m *nats.Msg) (refused bool) {
	if m.Subject != p.inbox+"."+strconv.Itoa(p.serial) {
		return false // an earlier one's
	}
	switch m.Header.Get("Status") {
	case "100":
		p.seen = time.Now()
		return false
	case "404", "408":
		p.left = 0
		return false
	}
	p.left = 0
	return true
}
