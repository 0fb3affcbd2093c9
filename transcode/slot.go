package transcode

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rung"
)

const (
	// reportTimeout bounds one try to tell the queue how a task ended.
	reportTimeout = 10 * time.Second
	// takePause is how long a slot waits after the queue has failed.
	takePause = time.Second
)

// hands is how many tasks a slot has under way: while one is stored and reported, the engine is at the next.
const hands = 2

// slot runs one task after another through its own engine.
type slot struct {
	number int
	worker *Worker
	engine *Engine
	log    *slog.Logger
	// turn is full while a hand has it: from taking a task until the engine has encoded it. So a slot holds no task that
	// another could begin with.
	turn chan struct{}

	mu         sync.Mutex
	hands      [hands]*hand
	done       int64
	failed     int64
	handedBack int64
}

// hand is one of a slot's ways to run tasks; what it is at is guarded by the slot's lock.
type hand struct {
	*slot
	stage   Stage
	since   time.Time
	segment rung.SegmentID
}

func newSlot(number int, w *Worker, e *Engine) *slot {
	s := &slot{number: number, worker: w, engine: e, log: w.opts.Logger.With("slot", number), turn: make(chan struct{}, 1)}
	for i := range s.hands {
		s.hands[i] = &hand{slot: s, stage: StageIdle, since: time.Now()}
	}
	return s
}

// run takes and handles tasks until take ends; it leaves no engine behind. ctx ends the tasks that run.
func (s *slot) run(ctx, take context.Context) {
	defer func() { _ = s.engine.Close() }()
	var running sync.WaitGroup
	for _, h := range s.hands {
		running.Go(func() { h.run(ctx, take) })
	}
	running.Wait()
}

// run takes and handles tasks, in turn with the slot's other hand, until take ends.
func (h *hand) run(ctx, take context.Context) {
	for {
		select {
		case h.turn <- struct{}{}:
		case <-take.Done():
			return
		}
		if take.Err() != nil {
			h.pass()
			return
		}
		d, err := h.worker.opts.Queue.Take(take)
		if err == nil {
			h.handle(ctx, d)
			h.enter(StageIdle, rung.SegmentID{})
			continue
		}
		if take.Err() == nil {
			h.log.Warn("queue gives no task", "error", err)
			pause(take, takePause)
		}
		h.pass()
	}
}

// pass gives the turn to the other hand.
func (h *hand) pass() { <-h.turn }

// handle runs one task to its end and tells the queue. The turn is passed on when the engine has done its part.
func (h *hand) handle(ctx context.Context, d Delivery) {
	started := time.Now()
	run := &segmentRun{hand: h, task: d.Task(), started: started}
	result, err := run.do(ctx)
	h.enter(StageReporting, run.task.ID)
	log := h.log.With("segment", run.task.ID.String(), "try", d.Try())
	if err == nil {
		result.Try = d.Try()
		if err = h.report(ctx, func(ctx context.Context) error { return d.Done(ctx, result) }); err != nil {
			// The delivery is left to the queue: it will come again, and give the same bytes.
			log.Warn("segment done but not reported", "error", err)
			h.count(&h.failed)
			return
		}
		log.Debug("segment done", "took", time.Since(started), "bytes", bytesOf(result), "cpu_us", result.Stats.CPUUS)
		h.count(&h.done)
		return
	}
	if rung.CodeOf(err) == rung.CodeCanceled {
		log.Info("segment handed back")
		h.count(&h.handedBack)
	} else {
		log.Warn("segment failed", "code", string(rung.CodeOf(err)), "error", err)
		h.count(&h.failed)
	}
	if ferr := h.report(ctx, func(ctx context.Context) error { return d.Fail(ctx, err) }); ferr != nil {
		log.Warn("failure not reported", "error", ferr)
	}
}

// report tells the queue how a task ended, again while the queue is away; at least once, even after ctx has ended.
func (s *slot) report(ctx context.Context, tell func(context.Context) error) error {
	return persist(ctx, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTimeout)
		defer cancel()
		return tell(ctx)
	})
}

// enter notes what the hand is at.
func (h *hand) enter(stage Stage, segment rung.SegmentID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stage, h.segment, h.since = stage, segment, time.Now()
}

// count adds one to a counter of the slot's.
func (s *slot) count(n *int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*n++
}

// addTo adds the slot to the worker's figures.
func (s *slot) addTo(f *WorkerFigures) {
	engine := s.engine.Figures()
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := s.hands[0]
	for _, h := range s.hands[1:] {
		if h.stage.before(shown.stage) {
			shown = h
		}
	}
	if shown.stage != StageIdle {
		f.Busy++
	}
	f.Done += s.done
	f.Failed += s.failed
	f.HandedBack += s.handedBack
	f.States = append(f.States, SlotFigures{Slot: s.number, Stage: shown.stage, Segment: shown.segment, Since: shown.since, Engine: engine})
}

// bytesOf is the size of a result's segments.
func bytesOf(r rung.Result) int64 {
	var n int64
	for _, t := range r.Tracks {
		n += t.Bytes
	}
	return n
}
