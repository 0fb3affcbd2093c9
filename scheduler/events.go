package scheduler

import (
	"context"
	"encoding/json"
	"regexp"

	"github.com/nats-io/nats.go"

	"rung"
)

// Events is the feed of state changes and alarms: subjects events.<type>, kept for 7 days and 256 MiB.
type Events struct{ s *System }

var eventType = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)*$`)

// Publish adds an event to the feed. While NATS is away it waits, until ctx ends.
func (e *Events) Publish(ctx context.Context, ev rung.Event) error {
	if !eventType.MatchString(ev.Type) {
		return rung.Errorf(rung.CodeInvalid, "use one such as channel.state", "event type %q is not valid", ev.Type)
	}
	ev.Seq = 0
	return e.s.publish(ctx, "events."+ev.Type, newInstance(), 0, ev)
}

// Follow calls fn with each event after the feed's number given (0: only new ones), Seq set. It carries on by itself when
// NATS comes back. It returns nil when ctx ends, fn's error when fn fails, and CodeUnavailable when the System is closed.
func (e *Events) Follow(ctx context.Context, after uint64, fn func(rung.Event) error) error {
	f := follower{s: e.s, stream: streamEvents, filter: "events.>", after: after, newOnly: after == 0}
	return f.run(ctx, func(m *nats.Msg, md *nats.MsgMetadata) error {
		ev, ok := e.decode(m.Subject, m.Data, md.Sequence.Stream)
		if !ok {
			return nil
		}
		return fn(ev)
	})
}

// Recent gives the last n events, oldest first. CodeUnavailable where NATS is away.
func (e *Events) Recent(ctx context.Context, n int) ([]rung.Event, error) {
	ctx, cancel := e.s.call(ctx)
	defer cancel()
	st, err := e.s.js.Stream(ctx, streamEvents)
	if err != nil {
		return nil, fail(err, "read the events")
	}
	state := st.CachedInfo().State
	if state.Msgs == 0 || n <= 0 {
		return nil, nil
	}
	first := state.FirstSeq
	if last := state.LastSeq; last-first >= uint64(n) {
		first = last - uint64(n) + 1
	}
	var events []rung.Event
	err = e.s.getRange(ctx, streamEvents, first, state.LastSeq, func(m *nats.Msg, seq uint64) error {
		if ev, ok := e.decode(m.Header.Get("Nats-Subject"), m.Data, seq); ok {
			events = append(events, ev)
		}
		return nil
	})
	return events, fail(err, "read the events")
}

func (e *Events) decode(subject string, data []byte, seq uint64) (ev rung.Event, ok bool) {
	if err := json.Unmarshal(data, &ev); err != nil {
		e.s.o.Logger.Error("a message in the events is no event", "subject", subject, "error", err)
		return ev, false
	}
	ev.Seq = seq
	return ev, true
}
