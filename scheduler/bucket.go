package scheduler

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// The buckets of state, with what their keys are (docs/architecture.md has who writes each).
const (
	bucketChannels      = "channels"      // channel
	bucketStatus        = "status"        // channel; in memory: ingest writes it anew every second
	bucketTimelines     = "timelines"     // channel
	bucketJobs          = "jobs"          // job
	bucketProfiles      = "profiles"      // profile
	bucketSlates        = "slates"        // SHA-256 of the image
	bucketPresentations = "presentations" // channel or job
	bucketLeases        = "leases"        // lease; expires; empty where only this process can reach the server
	bucketNodes         = "nodes"         // node; expires; in memory
	bucketTokens        = "tokens"        // SHA-256 of the token
	bucketHandBacks     = "handbacks"     // task; expires
)

// handBackAge is how long a hand-back is remembered: longer than a task rests between two of its tries.
const handBackAge = 24 * time.Hour

func (s *System) bucketConfigs() []jetstream.KeyValueConfig {
	configs := []jetstream.KeyValueConfig{
		{Bucket: bucketChannels}, {Bucket: bucketTimelines}, {Bucket: bucketJobs}, {Bucket: bucketProfiles}, {Bucket: bucketSlates},
		{Bucket: bucketPresentations}, {Bucket: bucketTokens}, {Bucket: bucketStatus, Storage: jetstream.MemoryStorage},
		{Bucket: bucketLeases, TTL: s.o.LeaseTTL}, {Bucket: bucketHandBacks, TTL: handBackAge},
		{Bucket: bucketNodes, TTL: s.o.NodeTTL, Storage: jetstream.MemoryStorage},
	}
	for i := range configs {
		c := &configs[i]
		c.Replicas, c.History = s.replicas, 1
		if s.o.Memory {
			c.Storage = jetstream.MemoryStorage
		}
		if c.TTL > 0 {
			c.LimitMarkerTTL = max(time.Second, c.TTL/2) // watchers are told of what expires
		}
	}
	return configs
}

func (s *System) openBuckets(ctx context.Context) error {
	for _, c := range s.bucketConfigs() {
		kv, err := s.js.KeyValue(ctx, c.Bucket)
		if err != nil {
			return fail(err, "open the bucket %s", c.Bucket)
		}
		s.buckets[c.Bucket] = kv
	}
	return nil
}

// Bucket is one bucket of state, whose values are T as JSON (json.RawMessage for what is JSON already). Keys are made of
// letters, digits, '-', '_', '/', '=' and '.'. While NATS is away its methods give CodeUnavailable after 3 s at most,
// and nothing is carried out later; only Watch waits.
type Bucket[T any] struct {
	s    *System
	kv   jetstream.KeyValue
	name string
}

// BucketOf gives the bucket: channels, status, timelines, jobs, profiles, slates, presentations, leases, nodes, tokens or
// handbacks. It panics for any other name.
func BucketOf[T any](s *System, name string) *Bucket[T] {
	kv := s.buckets[name]
	if kv == nil {
		panic(fmt.Sprintf("scheduler: there is no bucket %q", name))
	}
	return &Bucket[T]{s: s, kv: kv, name: name}
}

// Get gives a key's value and revision. CodeNotFound where it has none.
func (b *Bucket[T]) Get(ctx context.Context, key string) (v T, rev uint64, err error) {
	ctx, cancel := b.s.call(ctx)
	defer cancel()
	e, err := b.kv.Get(ctx, key)
	if err != nil {
		return v, 0, b.fail(err, "read", key)
	}
	v, err = b.decode(key, e.Value())
	return v, e.Revision(), err
}

// Put sets a key's value, whatever it was, and gives the new revision.
func (b *Bucket[T]) Put(ctx context.Context, key string, v T) (rev uint64, err error) {
	return b.write(ctx, "put", key, v, b.kv.Put)
}

// Create sets the value of a key that has none. CodeConflict where it has one.
func (b *Bucket[T]) Create(ctx context.Context, key string, v T) (rev uint64, err error) {
	return b.write(ctx, "create", key, v, func(ctx context.Context, key string, data []byte) (uint64, error) {
		return b.kv.Create(ctx, key, data)
	})
}

// Update sets a key's value if its revision is still rev. CodeConflict where it is another.
func (b *Bucket[T]) Update(ctx context.Context, key string, v T, rev uint64) (uint64, error) {
	return b.write(ctx, "update", key, v, func(ctx context.Context, key string, data []byte) (uint64, error) {
		return b.kv.Update(ctx, key, data, rev)
	})
}

// Delete removes a key and its value. A key that is not there is a success.
func (b *Bucket[T]) Delete(ctx context.Context, key string) error {
	ctx, cancel := b.s.call(ctx)
	defer cancel()
	return b.fail(b.kv.Delete(ctx, key), "delete", key)
}

// deleteRevision removes a key if its revision is still rev.
func (b *Bucket[T]) deleteRevision(ctx context.Context, key string, rev uint64) error {
	ctx, cancel := b.s.call(ctx)
	defer cancel()
	return b.fail(b.kv.Delete(ctx, key, jetstream.LastRevision(rev)), "delete", key)
}

// List gives all keys and their values.
func (b *Bucket[T]) List(ctx context.Context) (map[string]T, error) {
	all := map[string]T{}
	err := b.each(ctx, func(e jetstream.KeyValueEntry) (err error) {
		all[e.Key()], err = b.decode(e.Key(), e.Value())
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Keys gives the keys, without reading their values. One whose value changes meanwhile may be missing: Get knows.
func (b *Bucket[T]) Keys(ctx context.Context) ([]string, error) {
	var all []string
	err := b.each(ctx, func(e jetstream.KeyValueEntry) error {
		all = append(all, e.Key())
		return nil
	}, jetstream.MetaOnly())
	if err != nil {
		return nil, err
	}
	return all, nil
}

// each calls fn with every entry there is. The client ends it by a count of messages, in which those of a key that changes
// meanwhile may take another's place.
func (b *Bucket[T]) each(ctx context.Context, fn func(jetstream.KeyValueEntry) error, opts ...jetstream.WatchOpt) error {
	ctx, cancel := b.s.call(ctx)
	defer cancel()
	w, err := b.kv.WatchAll(ctx, append(opts, jetstream.IgnoreDeletes())...)
	if err != nil {
		return b.fail(err, "list", "*")
	}
	defer w.Stop()
	for {
		select {
		case e, ok := <-w.Updates():
			if !ok {
				return b.fail(nats.ErrConnectionClosed, "list", "*")
			}
			if e == nil {
				return nil
			}
			if err := fn(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return b.fail(ctx.Err(), "list", "*")
		}
	}
}

// Watch calls fn with each key and value there is, then with each change, as it comes: v is nil where the key was deleted
// or has expired. It carries on by itself when NATS comes back, and makes up for what changed meanwhile; of several
// changes of a key only the last may be seen. It returns nil when ctx ends, fn's error when fn fails, and
// CodeUnavailable when the System is closed.
func (b *Bucket[T]) Watch(ctx context.Context, fn func(key string, v *T, rev uint64) error) error {
	w := &watch[T]{b: b, fn: fn, known: map[string]version{}}
	f := follower{s: b.s, stream: "KV_" + b.name, filter: b.prefix() + ">", latest: true, begin: w.begin}
	return f.run(ctx, w.entry)
}

func (b *Bucket[T]) prefix() string { return "$KV." + b.name + "." }

func (b *Bucket[T]) write(ctx context.Context, verb, key string, v T, op func(context.Context, string, []byte) (uint64, error)) (uint64, error) {
	data, err := b.s.encode(b.name+"/"+key, v)
	if err != nil {
		return 0, err
	}
	ctx, cancel := b.s.call(ctx)
	defer cancel()
	rev, err := op(ctx, key, data)
	return rev, b.fail(err, verb, key)
}

func (b *Bucket[T]) decode(key string, data []byte) (v T, err error) {
	if err := json.Unmarshal(data, &v); err != nil {
		return v, &rung.Error{Code: rung.CodeInternal, Message: "queue: " + b.name + "/" + key + " is not what it should be", Hint: "another version may have written it", Err: err}
	}
	return v, nil
}

func (b *Bucket[T]) fail(err error, verb, key string) error {
	if err != nil && faultOf(err).code == rung.CodeNotFound { // the caller's mistake, told in the caller's words
		return &rung.Error{Code: rung.CodeNotFound, Message: fmt.Sprintf("%q is not among the %s", key, b.name), Hint: "is the name right?", Err: err}
	}
	return fail(err, "%s %s/%s", verb, b.name, strings.TrimSpace(key))
}
