package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// nakAfter is the acknowledgement that lets a message be delivered again after d.
func nakAfter(d time.Duration) string { return fmt.Sprintf(`-NAK {"delay": %d}`, d) }

// settle sends an acknowledgement ("+ACK", "-NAK", "+TERM reason") and waits until the server confirms it. While NATS is
// away it waits for its return until ctx ends: an acknowledgement names its message by numbers that outlive the
// connection.
func (s *System) settle(ctx context.Context, m *nats.Msg, ack string) error {
	return s.persist(ctx, func(ctx context.Context) error {
		_, err := s.nc.RequestWithContext(ctx, m.Reply, []byte(ack))
		return fail(err, "acknowledge %s", m.Subject)
	})
}
