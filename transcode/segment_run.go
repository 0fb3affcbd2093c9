package transcode

import (
	"bytes"
	"context"
	"errors"
	"time"

	"rung"
)

// segmentRun is one try at one segment: read its source, encode, store.
type segmentRun struct {
	hand    *hand
	task    rung.Task
	started time.Time
}

// do runs the try. Its errors have the code by which the queue ends the delivery.
func (r *segmentRun) do(ctx context.Context) (rung.Result, error) {
	work, cancel := context.WithDeadline(ctx, r.deadline())
	defer cancel()
	encoded, err := r.encodeInTurn(work)
	if err != nil {
		return rung.Result{}, r.classify(ctx, work, err)
	}
	// What is encoded is worth waiting for the store: live until its deadline, VOD until the worker is stopped.
	keep := work
	if r.task.ID.Kind != rung.Live {
		keep = ctx
	}
	r.hand.enter(StageStoring, r.task.ID)
	tracks, err := r.store(keep, encoded)
	if err != nil {
		return rung.Result{}, r.classify(ctx, keep, err)
	}
	return r.result(encoded, tracks), nil
}

// checkLate refuses a live task whose deadline lies more than a segment back: it is listed as a gap by now, and the
// time is better spent on the segments that are still wanted.
func (r *segmentRun) checkLate() error {
	if r.task.Deadline.IsZero() {
		return nil
	}
	if late := r.started.Sub(r.task.Deadline); late > r.duration() {
		return rung.Errorf(rung.CodeDeadline, "the node carries too much: add nodes, or use a smaller profile",
			"segment %v: began %v after its deadline", r.task.ID, late.Round(time.Millisecond))
	}
	return nil
}

// deadline is when the try is given up. A live one has until its task's deadline, but at least two segments' time, so
// that one that begins late still gets its chance: the packager may be later yet.
func (r *segmentRun) deadline() time.Time {
	if r.task.ID.Kind != rung.Live || r.task.Deadline.IsZero() {
		return r.started.Add(r.hand.worker.opts.TaskTimeout)
	}
	if least := r.started.Add(2 * r.duration()); least.After(r.task.Deadline) {
		return least
	}
	return r.task.Deadline
}

// duration is the segment's, on the media clock.
func (r *segmentRun) duration() time.Duration {
	return time.Duration(r.task.Ladder.Grid.Micros(r.task.Interval.Frames)) * time.Microsecond
}

// encodeInTurn does what is done while the hand has its slot's turn, and passes the turn on.
func (r *segmentRun) encodeInTurn(ctx context.Context) (*Encoded, error) {
	defer r.hand.pass()
	if err := r.checkLate(); err != nil {
		return nil, err
	}
	return r.encode(ctx)
}

// encode reads the source and gives it to the engine.
func (r *segmentRun) encode(ctx context.Context) (*Encoded, error) {
	r.hand.enter(StageReading, r.task.ID)
	src, err := openSources(ctx, r.hand.worker.opts, r.task)
	if err != nil {
		return nil, err
	}
	defer src.close()
	inputs, err := r.withSlate(ctx, src.inputs)
	if err != nil {
		return nil, err
	}
	r.hand.enter(StageEncoding, r.task.ID)
	return r.hand.engine.Encode(ctx, r.task, inputs)
}

// withSlate adds the channel's own slate to the inputs. One that is not there or cannot be decoded is no reason to lose the
// segment: the built-in one is shown.
func (r *segmentRun) withSlate(ctx context.Context, inputs []Input) ([]Input, error) {
	if !hasSlate(r.task) || r.hand.worker.shown == nil {
		return inputs, nil
	}
	var picture []byte
	err := persist(ctx, func() (err error) {
		picture, err = r.hand.worker.shown.picture(ctx, r.task)
		return err
	})
	switch code := rung.CodeOf(err); {
	case err == nil:
		return append(inputs, bytes.NewReader(picture)), nil
	case code == rung.CodeNotFound || code == rung.CodeBadInput:
		r.hand.worker.opts.Logger.Warn("slate not shown", "segment", r.task.ID.String(), "slate", r.task.Slate, "error", err)
		return inputs, nil
	}
	return nil, err
}

// classify tells apart whose end an error is: the worker's (canceled), the live deadline's (deadline), or a hang of work
// without one (engine: another try is due). inner is the context that the work had, outer the worker's.
func (r *segmentRun) classify(outer, inner context.Context, err error) error {
	ended := rung.CodeOf(err) == rung.CodeCanceled || rung.CodeOf(err) == rung.CodeDeadline ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case outer.Err() != nil:
		return &rung.Error{Code: rung.CodeCanceled, Message: "segment " + r.task.ID.String() + ": the worker is stopping", Err: err}
	case !ended || inner.Err() == nil:
		return err
	case r.task.Deadline.IsZero() || r.task.ID.Kind != rung.Live:
		return &rung.Error{Code: rung.CodeEngine, Message: "segment " + r.task.ID.String() + ": not done within " + r.hand.worker.opts.TaskTimeout.String(),
			Hint: "its source may hang the decoder; raise the task timeout if the machine is just slow", Err: err}
	default:
		return &rung.Error{Code: rung.CodeDeadline, Message: "segment " + r.task.ID.String() + ": not done by its deadline",
			Hint: "the node carries too much: add nodes, or use a smaller profile", Err: err}
	}
}

// result fills in the message that the segment is done; the try is the delivery's to say.
func (r *segmentRun) result(e *Encoded, tracks []rung.Track) rung.Result {
	t := r.task
	return rung.Result{
		ID: t.ID, Store: t.Store, Prefix: t.Prefix, Outcome: rung.Done,
		Interval: t.Interval, Last: t.Last, Rate: t.Ladder.Grid.Rate, SegmentFrames: t.Ladder.Grid.SegmentFrames,
		Time: t.Time, Raised: t.Raised, Deadline: t.Deadline,
		Tracks: tracks, Stats: e.Reply.Stats,
		Node: r.hand.worker.opts.Node, Slot: r.hand.number,
		Started: r.started, Finished: time.Now(),
	}
}
