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

// slot runs one task after another through its own engine.
type slot struct {
	number int
	worker *Worker
	engine *Engine
	log    *slog.Logger

	mu         sync.Mutex
	stage      Stage
	since      time.Time
	segment    rung.SegmentID
	done       int64
	failed     int64
	handedBack int64
}

func newSlot(number int, w *Worker, e *Engine) *slot {
	return &slot{number: number, worker: w, engine: e, log: w.opts.Logger.With("slot", number), stage: StageIdle, since: time.Now()}
}

// run takes and handles tasks until take ends; it leaves no engine behind. ctx ends the task that runs.
func (s *slot) run(ctx, take context.Context) {
	defer func() { _ = s.engine.Close() }()
	for take.Err() == nil {
		d, err := s.worker.opts.Queue.Take(take)
		if err == nil {
			s.handle(ctx, d)
			s.enter(StageIdle, rung.SegmentID{})
			continue
		}
		if take.Err() == nil {
			s.log.Warn("queue gives no task", "error", err)
			pause(take, takePause)
		}
	}
}

// handle runs one task to its end and tells the queue.
func (s *slot) handle(ctx context.Context, d Delivery) {
	started := time.Now()
	run := &segmentRun{slot: s, task: d.Task(), started: started}
	result, err := run.do(ctx)
	s.enter(StageReporting, run.task.ID)
	log := s.log.With("segment", run.task.ID.String(), "try", d.Try())
	if err == nil {
		result.Try = d.Try()
		if err = s.report(ctx, func(ctx context.Context) error { return d.Done(ctx, result) }); err != nil {
			// The delivery is left to the queue: it will come again, and give the same bytes.
			log.Warn("segment done but not reported", "error", err)
			s.count(&s.failed)
			return
		}
		log.Debug("segment done", "took", time.Since(started), "bytes", bytesOf(result), "cpu_us", result.Stats.CPUUS)
		s.count(&s.done)
		return
	}
	if rung.CodeOf(err) == rung.CodeCanceled {
		log.Info("segment handed back")
		s.count(&s.handedBack)
	} else {
		log.Warn("segment failed", "code", string(rung.CodeOf(err)), "error", err)
		s.count(&s.failed)
	}
	if ferr := s.report(ctx, func(ctx context.Context) error { return d.Fail(ctx, err) }); ferr != nil {
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

// enter notes what the slot is at.
func (s *slot) enter(stage Stage, segment rung.SegmentID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stage, s.segment, s.since = stage, segment, time.Now()
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
	if s.stage != StageIdle {
		f.Busy++
	}
	f.Done += s.done
	f.Failed += s.failed
	f.HandedBack += s.handedBack
	f.States = append(f.States, SlotFigures{Slot: s.number, Stage: s.stage, Segment: s.segment, Since: s.since, Engine: engine})
}

// bytesOf is the size of a result's segments.
func bytesOf(r rung.Result) int64 {
	var n int64
	for _, t := range r.Tracks {
		n += t.Bytes
	}
	return n
}
