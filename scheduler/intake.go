package scheduler

import "github.com/nats-io/nats.go"

// intake passes on what comes to a subscription, one message at a time. (A subscription of nats.go's with a channel of
// its own would take half a megabyte.)
type intake struct {
	sub      *nats.Subscription
	messages chan *nats.Msg
	quit     chan struct{}
	restored <-chan struct{}
}

func (in *intake) close() {
	close(in.quit)
	in.sub.Unsubscribe()
}
