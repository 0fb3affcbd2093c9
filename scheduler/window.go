package scheduler

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// windowDedupe is how long a chunk's id is remembered: longer than it takes until a chunk is sent again after a lost
// acknowledgement (maxAckTimeout), unless the queue was away. A copy that comes later is stored once more, behind the
// first: the range that is read is then of the copy, and the chunk before it another part.
const windowDedupe = 45 * time.Second

// Window keeps the last minutes of each channel's source: stream SRC_<channel>, subject src.<channel>, each message a
// chunk of whole packets.
//
// Each Open makes a writer with a name of its own, and each chunk's id is that name and the chunk's number. The server
// stores a chunk only after the one before it (Nats-Expected-Last-Msg-Id), so a writer's chunks lie in order and without
// a hole whatever has to be sent again, and a writer ends when another has taken its channel. Chunks are synced lazily:
// when the server's machine loses power, the newest are lost and their sequences used again, so a range carries its
// writer's name, and one whose chunks are another's is not read.
type Window struct {
	s *System

	mu      sync.Mutex
	writers map[string]*writer // by channel
}

func newWindow(s *System) *Window { return &Window{s: s, writers: map[string]*writer{}} }

// Open creates the channel's stream, or brings it to this configuration, and begins a new writer, which ends any other
// one of that channel. It returns what rung.WindowRange.Stream is to be for this writer's chunks: the stream's name and
// the writer's. CodeUnavailable where NATS is away, CodeFull where the stream finds no place.
func (w *Window) Open(ctx context.Context, channel string) (stream string, err error) {
	if err := rung.ValidID("channel", channel); err != nil {
		return "", err
	}
	if err := w.create(ctx, channel); err != nil {
		return "", err
	}
	wr := newWriter(w.s, channel)
	if err := wr.start(); err != nil {
		return "", fail(err, "open the source window of channel %s", channel)
	}
	w.mu.Lock()
	old := w.writers[channel]
	w.writers[channel] = wr
	w.mu.Unlock()
	if old != nil {
		old.close(rung.Errorf(rung.CodeConflict, "", "source window of channel %s: it was opened anew", channel))
	}
	return windowPrefix + channel + "." + wr.id, nil
}

func (w *Window) create(ctx context.Context, channel string) error {
	ctx, cancel := w.s.call(ctx)
	defer cancel()
	c := jetstream.StreamConfig{
		Name: windowPrefix + channel, Subjects: []string{"src." + channel},
		MaxAge: w.s.o.WindowAge, MaxBytes: w.s.o.WindowBytes, Discard: jetstream.DiscardOld,
		Duplicates: min(windowDedupe, w.s.o.WindowAge), AllowDirect: true,
		Storage: w.s.storage(), Replicas: w.s.replicas,
	}
	if c.Storage == jetstream.FileStorage && c.Replicas == 1 {
		c.PersistMode = jetstream.AsyncPersistMode // losing the newest chunks is bearable, syncing each is not
	}
	_, err := w.s.js.CreateOrUpdateStream(ctx, c)
	return fail(err, "create the source window of channel %s", channel)
}

// Append adds a chunk, which must not be changed until acked has been called. It never waits: chunks are sent in order in
// the background, and again after NATS was away. acked is called once for each chunk, in order, by one goroutine, and
// should be quick: with the chunk's stream sequence, or with CodeConflict where another writer has taken the channel,
// CodeNotFound where the window was deleted and CodeUnavailable where the System is closed. Append itself fails with
// CodeUnavailable when more than the options' WindowInFlight bytes wait for their acknowledgement (acked is then not
// called, and the chunk is in no range), and with CodeConflict after the writer has ended.
func (w *Window) Append(channel string, chunk []byte, acked func(seq uint64, err error)) error {
	w.mu.Lock()
	wr := w.writers[channel]
	w.mu.Unlock()
	if wr == nil {
		return rung.Errorf(rung.CodeInvalid, "call Open first", "source window of channel %s: it is not open", channel)
	}
	return wr.append(chunk, acked)
}

// Read gives a range's bytes. It waits for NATS where that is away, until ctx ends. CodeNotFound where part of the range
// is not there any more, CodeInvalid where its messages hold fewer bytes than it asks for.
func (w *Window) Read(ctx context.Context, r rung.WindowRange) ([]byte, error) {
	stream, writer, _ := strings.Cut(r.Stream, ".")
	if !strings.HasPrefix(stream, windowPrefix) || r.First == 0 || r.Last < r.First || r.Skip < 0 || r.Length < 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "", "source window: %s %d to %d, skip %d, length %d is no range", r.Stream, r.First, r.Last, r.Skip, r.Length)
	}
	if limit := int64(r.Last-r.First+1) * w.s.nc.MaxPayload(); r.Length > limit {
		return nil, rung.Errorf(rung.CodeInvalid, "", "source window: length %d exceeds the %d bytes of %d messages", r.Length, limit, r.Last-r.First+1)
	}
	var rd windowReader
	err := w.s.persist(ctx, func(ctx context.Context) error {
		rd = windowReader{writer: writer, skip: r.Skip, out: make([]byte, 0, r.Length)}
		return w.s.getRange(ctx, stream, r.First, r.Last, rd.message)
	})
	if err != nil {
		return nil, w.readError(err, r)
	}
	if int64(len(rd.out)) != r.Length {
		return nil, rung.Errorf(rung.CodeInvalid, "", "source window: %s %d to %d holds %d bytes after %d, the range asks for %d", r.Stream, r.First, r.Last, len(rd.out), r.Skip, r.Length)
	}
	return rd.out, nil
}

func (w *Window) readError(err error, r rung.WindowRange) error {
	if errors.Is(err, errRangeGone) || errors.Is(err, jetstream.ErrStreamNotFound) {
		return &rung.Error{
			Code: rung.CodeNotFound, Message: "source window: part of the range is not there any more",
			Hint: "it was older than the window; a longer window keeps it for longer", Err: fail(err, "%s %d to %d", r.Stream, r.First, r.Last),
		}
	}
	return fail(err, "read the source window %s", r.Stream)
}

// Delete removes a channel's window and ends its writer. A window that is not there is a success.
func (w *Window) Delete(ctx context.Context, channel string) error {
	w.mu.Lock()
	wr := w.writers[channel]
	delete(w.writers, channel)
	w.mu.Unlock()
	if wr != nil {
		wr.close(rung.Errorf(rung.CodeNotFound, "", "source window of channel %s: it was deleted", channel))
	}
	ctx, cancel := w.s.call(ctx)
	defer cancel()
	err := w.s.js.DeleteStream(ctx, windowPrefix+channel)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	return fail(err, "delete the source window of channel %s", channel)
}
