package scheduler

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"rung"
)

// getBytes bounds what the server sends for one request: well under what a subscription holds, and enough that the way
// there and back does not count.
const getBytes = 8 << 20

// errRangeGone says that messages of a range are not in the stream any more, or never were.
var errRangeGone = &rung.Error{Code: rung.CodeNotFound, Message: "queue: the range is not in the stream any more"}

// errBehind says that the server that answered does not have the range's end yet.
var errBehind = errors.New("a replica lags behind")

// getRange calls fn with each message from first to last, which must all be there. It asks the server for as many in a
// row as getBytes allows (direct get in batches, NATS ADR-31).
func (s *System) getRange(ctx context.Context, stream string, first, last uint64, fn func(m *nats.Msg, seq uint64) error) error {
	for first <= last {
		next, err := s.getBatch(ctx, stream, first, last, fn)
		switch {
		case errors.Is(err, errBehind):
			err = s.awaitReplica(ctx, stream, last)
		case errors.Is(err, nats.ErrNoResponders): // no server answers for a stream that does not exist
			if _, missing := s.js.Stream(ctx, stream); missing != nil {
				err = missing
			}
		}
		if err != nil {
			return err
		}
		first = next
	}
	return nil
}

// getBatch gets what one request brings, and says which sequence is the next.
func (s *System) getBatch(ctx context.Context, stream string, first, last uint64, fn func(m *nats.Msg, seq uint64) error) (uint64, error) {
	messages := make(chan *nats.Msg, 64)
	quit := make(chan struct{})
	defer close(quit)
	inbox := s.nc.NewInbox()
	sub, err := s.nc.Subscribe(inbox, func(m *nats.Msg) {
		select {
		case messages <- m:
		case <-quit:
		}
	})
	if err != nil {
		return first, err
	}
	defer sub.Unsubscribe()
	body := fmt.Sprintf(`{"seq":%d,"batch":%d,"max_bytes":%d}`, first, last-first+1, getBytes)
	if err := s.nc.PublishRequest("$JS.API.DIRECT.GET."+stream, inbox, []byte(body)); err != nil {
		return first, err
	}
	for next := first; ; {
		m, err := s.getReply(ctx, messages)
		if err != nil {
			return next, err
		}
		if status := m.Header.Get("Status"); status != "" {
			return next, batchEnd(status, first, next)
		}
		if seq, _ := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64); seq != next {
			return next, errRangeGone
		}
		if err := fn(m, next); err != nil {
			return next, err
		}
		next++
	}
}

// batchEnd is what the message after a batch's last one means.
func batchEnd(status string, first, next uint64) error {
	switch {
	case status == "204" && next > first: // the end of the batch: the whole, or as much as getBytes allowed
		return nil
	case status == "204" || status == "404":
		return errBehind
	case status == "503":
		return nats.ErrNoResponders
	}
	return fmt.Errorf("direct get: status %s", status)
}

func (s *System) getReply(ctx context.Context, messages <-chan *nats.Msg) (*nats.Msg, error) {
	timeout := time.NewTimer(callTimeout)
	defer timeout.Stop()
	select {
	case m := <-messages:
		return m, nil
	case <-timeout.C:
		return nil, nats.ErrTimeout
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.done:
		return nil, closedError()
	}
}

// awaitReplica waits a little, where the stream has got last; in a cluster any replica may answer a direct get.
func (s *System) awaitReplica(ctx context.Context, stream string, last uint64) error {
	st, err := s.js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	if state := st.CachedInfo().State; state.LastSeq < last || state.FirstSeq > last {
		return errRangeGone
	}
	return s.pause(ctx, 50*time.Millisecond)
}
