package ingest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rung"
)

// maxEvents bounds the events that wait to be published; beyond it the oldest are dropped.
const maxEvents = 256

// reporter publishes a channel's status and events, so that the live path never waits for the network: of statuses only
// the latest counts, events wait in a bounded queue.
type reporter struct {
	statuses Statuses
	events   Events
	logger   *slog.Logger

	mu     sync.Mutex
	status *rung.ChannelStatus
	queue  []rung.Event
	ready  wakeup
}

func newReporter(statuses Statuses, events Events, logger *slog.Logger) *reporter {
	return &reporter{statuses: statuses, events: events, logger: logger, ready: newWakeup()}
}

// report replaces the status that waits.
func (r *reporter) report(s rung.ChannelStatus) {
	r.mu.Lock()
	r.status = &s
	r.mu.Unlock()
	r.ready.rouse()
}

// publish adds an event.
func (r *reporter) publish(e rung.Event) {
	r.mu.Lock()
	if len(r.queue) >= maxEvents {
		r.queue = r.queue[1:]
	}
	r.queue = append(r.queue, e)
	r.mu.Unlock()
	r.ready.rouse()
}

// run publishes until the context ends, and then what still waits, within final's time. What is under way as the
// context ends has that time too: it may be the channel's last state.
func (r *reporter) run(ctx, final context.Context) {
	for {
		select {
		case <-ctx.Done():
			r.send(final)
			return
		case <-r.ready:
			r.send(final)
		}
	}
}

// send publishes what waits. What fails is logged and dropped: the next status is a second away.
func (r *reporter) send(ctx context.Context) {
	r.mu.Lock()
	status, queue := r.status, r.queue
	r.status, r.queue = nil, nil
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, e := range queue {
		if err := r.events.Publish(ctx, e); err != nil && ctx.Err() == nil {
			r.logger.Warn("event not published", "type", e.Type, "code", e.Code, "error", err)
		}
	}
	if status == nil {
		return
	}
	if err := r.statuses.Put(ctx, *status); err != nil && ctx.Err() == nil {
		r.logger.Warn("status not published", "error", err)
	}
}
