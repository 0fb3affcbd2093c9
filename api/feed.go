package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"rung"
)

// maxRecent bounds how many past events one request may ask for.
const maxRecent = 1000

// feed serves /events as server-sent events (WHATWG HTML, 9.2).
type feed struct {
	events    Events
	log       *slog.Logger
	heartbeat time.Duration
	streams   sync.WaitGroup
}

func newFeed(o Options) *feed {
	return &feed{events: o.Services.Events, log: o.Logger, heartbeat: o.Heartbeat}
}

// wait returns when no stream is left. Their contexts must have ended, and no request may come any more.
func (f *feed) wait() { f.streams.Wait() }

// serve answers with a stream that lasts until ctx ends or the client goes. It begins after Last-Event-ID (or ?after=)
// where that is given, else with the last ?recent= events, else with what comes from now on.
func (f *feed) serve(ctx context.Context, c *fiber.Ctx) error {
	past, after, err := f.start(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no") // proxies must not hold events back
	if c.Method() == fiber.MethodHead {
		return nil
	}
	f.streams.Add(1)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer f.streams.Done()
		if err := f.stream(ctx, w, past, after); err != nil && ctx.Err() == nil {
			f.log.Debug("event stream ended", "error", err)
		}
	})
	return nil
}

// start reads where the stream begins: events to send first, and the number after which to follow.
func (f *feed) start(c *fiber.Ctx) (past []rung.Event, after uint64, err error) {
	from := c.Get("Last-Event-ID")
	if from == "" {
		from = c.Query("after")
	}
	if from != "" {
		if after, err = strconv.ParseUint(from, 10, 64); err != nil {
			return nil, 0, rung.Errorf(rung.CodeInvalid, "send the id of an event of this feed", "last event id %q is not a number", from)
		}
		return nil, after, nil
	}
	recent := 0
	if q := c.Query("recent"); q != "" {
		if recent, err = strconv.Atoi(q); err != nil || recent < 0 || recent > maxRecent {
			return nil, 0, rung.Errorf(rung.CodeInvalid, "", "recent %q is not 0 to %d", q, maxRecent)
		}
	}
	// One at least, to know where now is.
	past, err = f.events.Recent(c.UserContext(), max(recent, 1))
	if err != nil {
		return nil, 0, err
	}
	if n := len(past); n > 0 {
		after = past[n-1].Seq
	}
	return past[max(0, len(past)-recent):], after, nil
}

// stream writes events until ctx ends, the client is gone or the feed fails. One goroutine follows the feed and hands
// over; this one writes, and a comment where nothing else comes, so that both ends notice a dead connection.
func (f *feed) stream(ctx context.Context, w *bufio.Writer, past []rung.Event, after uint64) error {
	ctx, cancel := context.WithCancel(ctx)
	events, followed := make(chan rung.Event), make(chan error, 1)
	go func() {
		followed <- f.events.Follow(ctx, after, func(e rung.Event) error {
			select {
			case events <- e:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	err := f.write(ctx, w, past, after, events, followed)
	cancel()
	if err == nil {
		return nil
	}
	<-followed
	return err
}

// write is the writing side of stream. It returns nil only when the follower has ended and was received. The first thing
// it writes is where the stream begins, so that a client that loses it before the first event can take it up there.
func (f *feed) write(ctx context.Context, w *bufio.Writer, past []rung.Event, after uint64, events <-chan rung.Event, followed <-chan error) error {
	begin := after
	if len(past) > 0 {
		begin = past[0].Seq - 1
	}
	fmt.Fprintf(w, "retry: 2000\nid: %d\n\n", begin)
	for _, e := range past {
		if err := writeEvent(w, e); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	beat := time.NewTicker(f.heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case cause := <-followed:
			f.log.Debug("event feed ended", "error", cause)
			return nil
		case e := <-events:
			err = writeEvent(w, e)
		case <-beat.C:
			_, err = fmt.Fprint(w, ": still here\n\n")
		}
		if err == nil {
			err = w.Flush()
		}
		if err != nil {
			return err
		}
	}
}

// writeEvent writes one event: JSON has no line breaks, so its data is one line.
func writeEvent(w *bufio.Writer, e rung.Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Type, data)
	return err
}
