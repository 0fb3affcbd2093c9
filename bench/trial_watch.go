package bench

import (
	"context"
	"fmt"
	"time"
)

// trialWatch follows the segments of a paced run, whoever encodes them.
type trialWatch struct {
	channels []liveChannel
	duration time.Duration
	target   float64
	progress Progress
	// segments gives those whose last source packet was due in [from, to).
	segments func(from, to time.Time) ([]segmentTime, error)
}

// run returns after the duration, or once more segments are lost than the target bears.
func (w *trialWatch) run(ctx context.Context, from time.Time) error {
	expected := 0.0
	for _, c := range w.channels {
		expected += w.duration.Seconds() / c.segment().Seconds()
	}
	bears := int64(expected * (1 - w.target))
	for end := from.Add(w.duration); ; {
		now := time.Now()
		all, err := w.segments(from, now)
		if err != nil {
			return err
		}
		o := judge(decided(all, now))
		left := max(0, end.Sub(now))
		w.progress.Update(fmt.Sprintf("%d of %d segments on time, %.0f s left", o.onTime, o.segments, left.Seconds()))
		if left == 0 || o.segments-o.onTime > bears {
			return nil
		}
		if err := sleepUntil(ctx, now.Add(min(left, time.Second))); err != nil {
			return err
		}
	}
}

// settle waits until what was due in the measured time is listed, or too late, and says what became of it. The channels
// run on meanwhile.
func (w *trialWatch) settle(ctx context.Context, from, to time.Time) (outcome, error) {
	for {
		all, err := w.segments(from, to)
		if err != nil {
			return outcome{}, err
		}
		if len(decided(all, time.Now())) == len(all) {
			return judge(all), nil
		}
		w.progress.Update("waiting for the last segments")
		if err := sleepUntil(ctx, time.Now().Add(200*time.Millisecond)); err != nil {
			return outcome{}, err
		}
	}
}

// decided are the segments that are listed, or whose deadline has passed.
func decided(all []segmentTime, now time.Time) []segmentTime {
	var some []segmentTime
	for _, s := range all {
		if !s.listed.IsZero() || s.deadline.Before(now) {
			some = append(some, s)
		}
	}
	return some
}

// sleepUntil waits for a time, or gives the reason why ctx has ended.
func sleepUntil(ctx context.Context, at time.Time) error {
	wait := time.NewTimer(time.Until(at))
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
