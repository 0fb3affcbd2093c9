// Package lifecycle runs services that stand on one another, and stops them in the order that loses nothing.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// Stage is one service. Run returns when its context ends, or earlier with the reason; it leaves nothing behind.
type Stage struct {
	Name string
	Run  func(ctx context.Context) error
}

// Run starts the stages in order. When ctx ends, or a stage ends by itself, the stages are stopped one after the other,
// the last started first, and each is waited for: what produces stops before what consumes. The error is that of the
// stage that ended by itself, or of those that failed in stopping; nil after a stop on request.
func Run(ctx context.Context, logger *slog.Logger, stages []Stage) error {
	type running struct {
		Stage
		cancel context.CancelFunc
		done   chan struct{}
		err    error
	}
	ended := make(chan *running, len(stages))
	all := make([]*running, len(stages))
	for i, s := range stages {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		r := &running{Stage: s, cancel: cancel, done: make(chan struct{})}
		all[i] = r
		go func() {
			defer close(r.done)
			r.err = r.Run(own)
			ended <- r
		}()
	}
	var first *running
	select {
	case <-ctx.Done():
	case first = <-ended:
	}
	var errs []error
	if first != nil {
		errs = append(errs, reason(first.Name, first.err, "ended by itself"))
	}
	for i := len(all) - 1; i >= 0; i-- {
		r := all[i]
		r.cancel()
		<-r.done
		logger.Debug("stage stopped", "stage", r.Name)
		if r != first && r.err != nil && !errors.Is(r.err, context.Canceled) {
			errs = append(errs, reason(r.Name, r.err, ""))
		}
	}
	return errors.Join(errs...)
}

func reason(name string, err error, otherwise string) error {
	if err == nil {
		return fmt.Errorf("%s %s", name, otherwise)
	}
	return fmt.Errorf("%s: %w", name, err)
}
