package transcode

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"rung"
)

const (
	// minPause is before the second try; each further pause is twice as long, up to maxPause.
	minPause = 100 * time.Millisecond
	maxPause = 5 * time.Second
)

// persist calls f until it succeeds, fails for good, or ctx ends, with growing pauses. It calls f at least once and
// returns its last error.
func persist(ctx context.Context, f func() error) error {
	for wait := minPause; ; wait = min(2*wait, maxPause) {
		err := f()
		if err == nil || !mayPass(err) || ctx.Err() != nil {
			return err
		}
		// The jitter keeps slots that failed together from coming back together.
		if pause(ctx, wait/2+rand.N(wait)) != nil {
			return err
		}
	}
}

// mayPass reports whether another try could end differently: a dependency is away, full, or did not answer in time.
func mayPass(err error) bool {
	switch rung.CodeOf(err) {
	case rung.CodeUnavailable, rung.CodeFull, rung.CodeOverloaded, rung.CodeDeadline:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}

// pause waits for d, or returns ctx's error as soon as it ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
