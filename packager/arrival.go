package packager

import (
	"context"
	"time"

	"rung"
)

// arrival is a result that has come, with its stream sequence.
type arrival struct {
	seq    uint64
	result rung.Result
}

// follow sends an owner's results above after to out until ctx ends, whatever becomes of the stream meanwhile. Results
// wait for their reader: the stream keeps them.
func follow(ctx context.Context, o *Options, kind rung.TaskKind, owner string, after uint64, out chan<- arrival) {
	wait := backoff{}
	for ctx.Err() == nil {
		err := o.Results.Follow(ctx, kind, owner, after, func(ctx context.Context, seq uint64, r rung.Result) error {
			select {
			case out <- arrival{seq, r}:
				after = seq
				wait = backoff{}
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if ctx.Err() != nil {
			return
		}
		o.Log.Warn("results cannot be followed", "kind", kind, "owner", owner, "error", err)
		wait.sleep(ctx)
	}
}

// backoff is the pause between tries: doubled from half a second to four.
type backoff struct{ last time.Duration }

const (
	firstPause = 500 * time.Millisecond
	lastPause  = 4 * time.Second
)

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, firstPause), lastPause)
	return b.last
}

// sleep waits for the next pause, or the context's end.
func (b *backoff) sleep(ctx context.Context) {
	t := time.NewTimer(b.next())
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
