package scheduler

import "github.com/nats-io/nats.go"

// tailMessage is a message of a stream and where it lies there.
type tailMessage struct {
	msg *nats.Msg
	md  *nats.MsgMetadata
}
