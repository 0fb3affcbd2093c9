// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// stages runs the goroutines of one encode, with the processor time that each takes. The first that fails ends them all.
type stages struct {
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	mu  sync.Mutex
	cpu map[string]int64 // microseconds by stage
	err error
}

// newStages gives a group and the context that its stages run under.
func newStages(ctx context.Context) (*stages, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &stages{cancel: cancel, cpu: map[string]int64{}}, ctx
}

// start runs one stage. It keeps to one thread, so that the thread's clock is the stage's; threads that an encoder starts
// by itself are not counted. A stage of several steps tells its watch when one of another name begins.
func (s *stages) start(name string, run func(*stepWatch) error) {
	s.wg.Go(func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		s.run(name, run)
	})
}

// run runs a stage on the thread that the goroutine keeps to.
func (s *stages) run(name string, run func(*stepWatch) error) {
	watch := newStepWatch(s, name)
	err := run(watch)
	watch.enter("")
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.err == nil {
		s.err = err
		s.cancel(err)
	}
}

// account adds processor time to a stage's.
func (s *stages) account(name string, micros int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cpu[name] += micros
}

// startBehind runs a stage whose thread gives way to those of the other stages: one with less to do, which would otherwise
// share the cores evenly with the one that all wait for at the end.
func (s *stages) startBehind(name string, run func(*stepWatch) error) {
	s.wg.Go(func() {
		// Never unlocked: the thread ends with the goroutine, as a user may not take a thread's niceness back.
		runtime.LockOSThread()
		_ = unix.Setpriority(unix.PRIO_PROCESS, 0, behind) // without it all is slower and nothing else
		s.run(name, run)
	})
}

// behind is the niceness of a thread that gives way: the kernel gives it a ninth of the time of one that does not.
const behind = 10

// wait returns when all stages have ended, with the first one's error.
func (s *stages) wait() error {
	s.wg.Wait()
	s.cancel(nil)
	return s.err
}

// threadMicros is the calling thread's processor time.
func threadMicros() int64 {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return t.Nano() / 1000
}

// send gives v to a queue, or gives up when the encode is over.
func send[T any](ctx context.Context, queue chan<- T, v T) error {
	select {
	case queue <- v:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// receive takes the next of a queue. ok is false at its end. It gives up when the encode is over.
func receive[T any](ctx context.Context, queue <-chan T) (v T, ok bool, err error) {
	select {
	case v, ok = <-queue:
		return v, ok, nil
	case <-ctx.Done():
		return v, false, context.Cause(ctx)
	}
}

// discard gives free what is left in a queue that nobody uses any more.
func discard[T any](queue <-chan T, free func(T)) {
	for {
		select {
		case v, ok := <-queue:
			if !ok {
				return
			}
			free(v)
		default:
			return
		}
	}
}
