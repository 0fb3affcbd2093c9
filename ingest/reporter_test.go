package ingest

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

// slowEvents take a second for each event, unless their context ends first.
type slowEvents struct{}

func (slowEvents) Publish(ctx context.Context, _ rung.Event) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

// lastStatus keeps what is put while the context holds.
type lastStatus struct{ rung.ChannelStatus }

func (l *lastStatus) Put(ctx context.Context, s rung.ChannelStatus) error {
	if ctx.Err() == nil {
		l.ChannelStatus = s
	}
	return ctx.Err()
}

// TestReporterLast: the channel's last state is published even if it is under way as the channel stops.
func TestReporterLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var last lastStatus
		r := newReporter(&last, slowEvents{}, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.run(ctx, t.Context()); close(done) }()
		r.report(rung.ChannelStatus{State: rung.ChannelStopped})
		r.publish(rung.Event{Type: "channel.state"})
		synctest.Wait()
		stop()
		<-done
		if last.State != rung.ChannelStopped {
			t.Errorf("the last status is %q, want %q", last.State, rung.ChannelStopped)
		}
	})
}
