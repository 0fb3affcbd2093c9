package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rung"
)

const (
	// silence is when a stream on which nothing comes, not even the server's comments every 10 s, is given up.
	silence = 35 * time.Second
	// reconnectAfter is between tries to take a broken stream up again.
	reconnectAfter = time.Second
	// maxLine bounds a line of the stream.
	maxLine = 1 << 20
)

// errSilent ends a stream on which nothing comes.
var errSilent = errors.New("the event stream went silent")

// From says where a stream of events begins: after an event, where After is set; else with the last Recent ones.
type From struct {
	After  uint64
	Recent int
}

// Events calls fn for each event, in order, until ctx ends (and gives its error) or fn returns an error (and gives
// that). A stream that breaks is taken up again where it broke; only the first connection's failure is an error.
func (c *Client) Events(ctx context.Context, from From, fn func(rung.Event) error) error {
	last := "" // the id of the last event, once the server has said one
	for {
		err := c.stream(ctx, from, &last, fn)
		var own callbackError
		switch {
		case errors.As(err, &own):
			return own.error
		case ctx.Err() != nil:
			return ctx.Err()
		case last == "" || !worthAnotherTry(err):
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(reconnectAfter):
		}
	}
}

// callbackError tells the caller's errors from the stream's.
type callbackError struct{ error }

// worthAnotherTry reports whether the stream's end may pass: a refusal does not.
func worthAnotherTry(err error) bool {
	var own *rung.Error
	return !errors.As(err, &own) || own.Code == rung.CodeUnavailable
}

// stream reads one connection's events and moves last on.
func (c *Client) stream(ctx context.Context, from From, last *string, fn func(rung.Event) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := c.request(ctx, http.MethodGet, path("events")+from.query(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	if *last != "" {
		req.Header.Set("Last-Event-ID", *last)
	}
	resp, err := c.do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	watch := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer watch.Stop()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		watch.Reset(silence)
		if err := readLine(lines.Text(), last, fn); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("event stream: %w", err)
	}
	return io.ErrUnexpectedEOF
}

// readLine takes one line of a stream. The id comes before its event's data; the event's JSON holds all that the lines
// of other kinds say.
func readLine(line string, last *string, fn func(rung.Event) error) error {
	field, value, _ := strings.Cut(line, ": ")
	switch field {
	case "id":
		*last = value
	case "data":
		var e rung.Event
		if err := json.Unmarshal([]byte(value), &e); err != nil {
			return rung.Errorf(rung.CodeInternal, "is this a Rung server of the same version?", "an event is not as it should be: %w", err)
		}
		if err := fn(e); err != nil {
			return callbackError{err}
		}
	}
	return nil
}

func (f From) query() string {
	q := url.Values{}
	switch {
	case f.After > 0:
		q.Set("after", strconv.FormatUint(f.After, 10))
	case f.Recent > 0:
		q.Set("recent", strconv.Itoa(f.Recent))
	default:
		return ""
	}
	return "?" + q.Encode()
}
