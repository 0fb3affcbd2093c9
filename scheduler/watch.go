package scheduler

import (
	"time"

	"github.com/nats-io/nats.go"
)

// version tells one state of a key from another, in one life of a bucket and the next.
type version struct {
	rev uint64
	at  time.Time
}

// watch turns a bucket's stream into its keys' values, each told once. With each new consumer the whole state comes
// again: what is known already is left out, and what is not among it any more has been deleted.
type watch[T any] struct {
	b     *Bucket[T]
	fn    func(key string, v *T, rev uint64) error
	known map[string]version

	pending uint64              // messages of the state that are still to come
	absent  map[string]struct{} // known keys that have not come yet
}

// begin prepares for a new consumer's state of n messages.
func (w *watch[T]) begin(n uint64) error {
	w.pending, w.absent = n, make(map[string]struct{}, len(w.known))
	for key := range w.known {
		w.absent[key] = struct{}{}
	}
	return w.settle()
}

// settle reports the keys that went while nobody watched, once the state is complete.
func (w *watch[T]) settle() error {
	if w.pending > 0 {
		return nil
	}
	for key := range w.absent {
		if err := w.gone(key, 0); err != nil {
			return err
		}
	}
	clear(w.absent)
	return nil
}

// entry takes one message of the bucket's stream.
func (w *watch[T]) entry(m *nats.Msg, md *nats.MsgMetadata) error {
	key, now := m.Subject[len(w.b.prefix()):], version{md.Sequence.Stream, md.Timestamp}
	delete(w.absent, key)
	var err error
	switch was, ok := w.known[key]; {
	case isRemoval(m):
		if ok {
			err = w.gone(key, now.rev)
		}
	case !ok || was.rev != now.rev || !was.at.Equal(now.at):
		err = w.changed(key, m.Data, now)
	}
	if err != nil || w.pending == 0 {
		return err
	}
	w.pending--
	if md.NumPending == 0 { // a message that was counted may have been replaced meanwhile
		w.pending = 0
	}
	return w.settle()
}

func (w *watch[T]) changed(key string, data []byte, now version) error {
	w.known[key] = now
	v, err := w.b.decode(key, data)
	if err != nil {
		w.b.s.o.Logger.Error("an entry cannot be read", "bucket", w.b.name, "key", key, "error", err)
		return nil
	}
	return w.fn(key, &v, now.rev)
}

func (w *watch[T]) gone(key string, rev uint64) error {
	delete(w.known, key)
	return w.fn(key, nil, rev)
}

// isRemoval reports whether a message of a bucket's stream marks a key as deleted, by a client or by its age.
func isRemoval(m *nats.Msg) bool {
	op := m.Header.Get("KV-Operation")
	return op == "DEL" || op == "PURGE" || m.Header.Get("Nats-Marker-Reason") != ""
}
