package scheduler

import (
	"context"
	"encoding/json"

	"github.com/nats-io/nats.go"

	"rung"
)

// Results is the stream of tasks' ends: subjects results.<kind>.<owner>.<session>.<number>. Live results are kept for an
// hour, a job's for a day.
type Results struct{ s *System }

// ResultOf is the part of a task's result that the task itself determines.
func ResultOf(t rung.Task) rung.Result {
	return rung.Result{
		ID: t.ID, Store: t.Store, Prefix: t.Prefix, Interval: t.Interval, Last: t.Last,
		Rate: t.Ladder.Grid.Rate, SegmentFrames: t.Ladder.Grid.SegmentFrames,
		Time: t.Time, Raised: t.Raised, Deadline: t.Deadline,
	}
}

// Publish stores a result. Its segment's id is its message id: a second result within 10 minutes is dropped, and counts
// as a success. While NATS is away it waits, until ctx ends.
func (r *Results) Publish(ctx context.Context, res rung.Result) error {
	ttl := liveResultAge
	if res.ID.Kind != rung.Live {
		ttl = 0
	}
	return r.s.publish(ctx, "results."+res.ID.String(), res.ID.String(), ttl, res)
}

// Follow calls fn with each result of one channel or job, in the stream's order, from after the stream sequence given (0:
// from the first that is kept). It carries on by itself when NATS comes back. It returns nil when ctx ends, fn's error
// when fn fails, and CodeUnavailable when the System is closed.
func (r *Results) Follow(ctx context.Context, kind rung.TaskKind, owner string, after uint64, fn func(ctx context.Context, seq uint64, res rung.Result) error) error {
	if err := rung.ValidID("owner", owner); err != nil {
		return err
	}
	f := &follower{s: r.s, stream: streamResults, filter: "results." + string(kind) + "." + owner + ".>", after: after}
	read := func(m *nats.Msg, md *nats.MsgMetadata) error {
		var res rung.Result
		if err := json.Unmarshal(m.Data, &res); err != nil {
			r.s.o.Logger.Error("a message in the results is no result", "subject", m.Subject, "error", err)
			return nil
		}
		return fn(ctx, md.Sequence.Stream, res)
	}
	if kind == rung.Live && r.s.private() {
		return r.s.tail.follow(ctx, owner, f, read)
	}
	return f.run(ctx, read)
}
