package scheduler

import (
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// publish stores v as JSON, once for each message id, for ttl (0: as long as the stream keeps it). It waits while NATS is
// away, until ctx ends.
func (s *System) publish(ctx context.Context, subject, id string, ttl time.Duration, v any) error {
	data, err := s.encode(subject, v)
	if err != nil {
		return err
	}
	var opts []jetstream.PublishOpt
	if ttl > 0 {
		opts = append(opts, jetstream.WithMsgTTL(ttl.Round(time.Second)))
	}
	return s.persist(ctx, func(ctx context.Context) error {
		m := &nats.Msg{Subject: subject, Header: nats.Header{nats.MsgIdHdr: {id}}, Data: data}
		_, err := s.js.PublishMsg(ctx, m, opts...)
		return fail(err, "publish %s", subject)
	})
}

// encode gives v as JSON, or an Error where no message may be as long.
func (s *System) encode(name string, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, &rung.Error{Code: rung.CodeInternal, Message: "queue: " + name + " cannot be written as JSON", Err: err}
	}
	if limit := s.nc.MaxPayload() - headerRoom; int64(len(data)) > limit {
		return nil, rung.Errorf(rung.CodeInvalid, "make it smaller, or raise max_payload of the NATS servers", "queue: %s has %d bytes, which exceeds the queue's %d for a message", name, len(data), limit)
	}
	return data, nil
}

// headerRoom is what of a message's bytes is kept for its headers.
const headerRoom = 1024
