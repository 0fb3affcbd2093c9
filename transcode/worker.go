package transcode

import (
	"context"
	"sync"
	"sync/atomic"
)

// Worker takes tasks from a queue and runs each through an engine into a store, as many at once as it has slots.
type Worker struct {
	opts  WorkerOptions
	slots []*slot
	inits *initCache
	shown *slateCache // nil: only the built-in slate

	draining atomic.Bool
}

// NewWorker checks the options and finds the engine's program. It starts nothing.
func NewWorker(opts WorkerOptions) (*Worker, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	w := &Worker{opts: opts, inits: newInitCache()}
	if opts.Slates != nil {
		w.shown = &slateCache{images: opts.Slates}
	}
	for n := range opts.Slots {
		o := opts.Engine
		if o.Logger == nil {
			o.Logger = opts.Logger
		}
		o.Logger = o.Logger.With("slot", n)
		engine, err := NewEngine(o)
		if err != nil {
			return nil, err
		}
		w.slots = append(w.slots, newSlot(n, w, engine))
	}
	return w, nil
}

// Run works until stop or ctx ends, and returns nil once every slot is idle and every engine gone. Call it once.
//
// When stop ends, the worker takes no more tasks and finishes those it has. When ctx ends it kills the engines and hands
// the tasks back at once (Fail with code canceled). To drain with a limit, end stop first and ctx when patience ends;
// ctx alone does both.
func (w *Worker) Run(ctx, stop context.Context) error {
	take, cancel := context.WithCancel(stop)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	w.opts.Logger.Info("worker started", "slots", len(w.slots), "engine", w.slots[0].engine.opts.Path)
	defer context.AfterFunc(take, func() { w.draining.Store(true) })()
	var running sync.WaitGroup
	for _, s := range w.slots {
		running.Go(func() { s.run(ctx, take) })
	}
	running.Wait()
	f := w.Figures()
	w.opts.Logger.Info("worker ended", "done", f.Done, "failed", f.Failed, "handed_back", f.HandedBack)
	return nil
}

// Figures are the worker's counters and what each slot does now.
func (w *Worker) Figures() WorkerFigures {
	f := WorkerFigures{Slots: len(w.slots), Draining: w.draining.Load()}
	for _, s := range w.slots {
		s.addTo(&f)
	}
	return f
}
