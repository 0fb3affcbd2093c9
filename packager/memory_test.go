package packager

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rung"
)

// What follows stands for the queue, the buckets and the store: in memory, and away where a test says so.

// news wakes all that wait for a change.
type news struct {
	mu sync.Mutex
	ch chan struct{}
}

func (n *news) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch == nil {
		n.ch = make(chan struct{})
	}
	return n.ch
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch != nil {
		close(n.ch)
		n.ch = nil
	}
}

// outage makes calls fail while it lasts.
type outage struct {
	mu  sync.Mutex
	err error
}

func (o *outage) set(err error) { o.mu.Lock(); o.err = err; o.mu.Unlock() }
func (o *outage) get() error    { o.mu.Lock(); defer o.mu.Unlock(); return o.err }

var errAway = rung.Errorf(rung.CodeUnavailable, "wait", "it is away")

type memoryResults struct {
	mu   sync.Mutex
	list []rung.Result
	news news
	outage
}

func (m *memoryResults) add(rs ...rung.Result) {
	m.mu.Lock()
	m.list = append(m.list, rs...)
	m.mu.Unlock()
	m.news.tell()
}

func (m *memoryResults) Follow(ctx context.Context, kind rung.TaskKind, owner string, after uint64, fn func(context.Context, uint64, rung.Result) error) error {
	for {
		changed := m.news.wait()
		if err := m.get(); err != nil {
			return err
		}
		m.mu.Lock()
		list := m.list
		m.mu.Unlock()
		for i := after; i < uint64(len(list)); i++ {
			if r := list[i]; r.ID.Kind == kind && r.ID.Owner == owner {
				if err := fn(ctx, i+1, r); err != nil {
					return err
				}
			}
			after = i + 1
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

type memoryState struct {
	mu   sync.Mutex
	docs map[string][]byte
	revs map[string]uint64
	outage
}

func (m *memoryState) Load(_ context.Context, id string) ([]byte, uint64, error) {
	if err := m.get(); err != nil {
		return nil, 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.docs[id] == nil {
		return nil, 0, rung.Errorf(rung.CodeNotFound, "", "no state %s", id)
	}
	return m.docs[id], m.revs[id], nil
}

func (m *memoryState) Save(_ context.Context, id string, data []byte, rev uint64) (uint64, error) {
	if err := m.get(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if have := m.revs[id]; m.docs[id] != nil && have != rev || m.docs[id] == nil && rev != 0 {
		return 0, rung.Errorf(rung.CodeConflict, "", "state %s has revision %d, not %d", id, have, rev)
	}
	m.docs[id] = data
	m.revs[id]++
	return m.revs[id], nil
}

func (m *memoryState) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.docs, id)
	delete(m.revs, id)
	return nil
}

// bucket is a key-value bucket that can be watched.
type bucket[T any] struct {
	mu   sync.Mutex
	ids  []string // of changes, in order
	vals []*T
	revs map[string]uint64
	now  map[string]*T
	news news
}

func (b *bucket[T]) set(id string, v *T) uint64 {
	b.mu.Lock()
	if b.revs == nil {
		b.revs, b.now = map[string]uint64{}, map[string]*T{}
	}
	b.ids, b.vals = append(b.ids, id), append(b.vals, v)
	b.revs[id] = uint64(len(b.ids))
	b.now[id] = v
	rev := b.revs[id]
	b.mu.Unlock()
	b.news.tell()
	return rev
}

func (b *bucket[T]) get(id string) *T {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now[id] == nil {
		return nil
	}
	v := *b.now[id]
	return &v
}

func (b *bucket[T]) watch(ctx context.Context, fn func(id string, v *T, rev uint64)) error {
	b.mu.Lock()
	from := len(b.ids)
	ids := slices.Sorted(maps.Keys(b.now))
	first := map[string]*T{}
	revs := maps.Clone(b.revs)
	for _, id := range ids {
		first[id] = b.now[id]
	}
	b.mu.Unlock()
	for _, id := range ids {
		fn(id, first[id], revs[id])
	}
	for {
		changed := b.news.wait()
		b.mu.Lock()
		ids, vals := b.ids[from:], b.vals[from:]
		b.mu.Unlock()
		for i, id := range ids {
			from++
			fn(id, vals[i], uint64(from))
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

type memoryChannels struct{ bucket[rung.Channel] }

func (m *memoryChannels) Watch(ctx context.Context, fn func(string, *rung.Channel)) error {
	return m.watch(ctx, func(id string, ch *rung.Channel, _ uint64) { fn(id, ch) })
}

type memoryTimelines struct{ bucket[rung.Timeline] }

func (m *memoryTimelines) Watch(ctx context.Context, fn func(string, *rung.Timeline)) error {
	return m.watch(ctx, func(id string, t *rung.Timeline, _ uint64) { fn(id, t) })
}

type memoryJobs struct {
	bucket[rung.Job]
	updates []rung.Job
	outage  outage
}

func (m *memoryJobs) Watch(ctx context.Context, fn func(string, *rung.Job, uint64)) error {
	return m.watch(ctx, fn)
}

func (m *memoryJobs) Update(_ context.Context, j rung.Job, rev uint64) (uint64, error) {
	if err := m.outage.get(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	have := m.revs[j.ID]
	m.mu.Unlock()
	if have != rev {
		return 0, rung.Errorf(rung.CodeConflict, "", "job %s has revision %d, not %d", j.ID, have, rev)
	}
	m.updates = append(m.updates, j)
	return m.set(j.ID, &j), nil
}

type memoryLeases struct {
	mu   sync.Mutex
	held map[string]*memoryLease
	news news
}

type memoryLease struct {
	leases *memoryLeases
	name   string
	lost   chan struct{}
}

func (m *memoryLeases) Acquire(ctx context.Context, name string) (Lease, error) {
	for {
		changed := m.news.wait()
		m.mu.Lock()
		if m.held[name] == nil {
			l := &memoryLease{leases: m, name: name, lost: make(chan struct{})}
			m.held[name] = l
			m.mu.Unlock()
			return l, nil
		}
		m.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// lose takes a lease away as its end does.
func (m *memoryLeases) lose(name string) {
	m.mu.Lock()
	if l := m.held[name]; l != nil {
		close(l.lost)
		delete(m.held, name)
	}
	m.mu.Unlock()
	m.news.tell()
}

func (l *memoryLease) Lost() <-chan struct{} { return l.lost }

func (l *memoryLease) Release(context.Context) error {
	l.leases.mu.Lock()
	if l.leases.held[l.name] == l {
		delete(l.leases.held, l.name)
	}
	l.leases.mu.Unlock()
	l.leases.news.tell()
	return nil
}

type memoryEvents struct {
	mu   sync.Mutex
	list []rung.Event
}

func (m *memoryEvents) Publish(_ context.Context, e rung.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, e)
	return nil
}

// take gives the events since the last call, as "type code".
func (m *memoryEvents) take() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var texts []string
	for _, e := range m.list {
		texts = append(texts, e.Type+" "+e.Code)
	}
	m.list = nil
	return texts
}

type memoryObject struct {
	body     []byte
	options  rung.ObjectOptions
	modified time.Time
}

// memoryStore holds each playlist that is put to what players rely on.
type memoryStore struct {
	t       *testing.T
	mu      sync.Mutex
	objects map[string]memoryObject
	puts    []string // keys, in order
	deletes []string
	last    map[string]parsedMedia // by key
	uris    map[string]string      // by playlist and media sequence number
	outage  outage
}

func newMemoryStore(t *testing.T) *memoryStore {
	return &memoryStore{t: t, objects: map[string]memoryObject{}, last: map[string]parsedMedia{}, uris: map[string]string{}}
}

func (m *memoryStore) Put(_ context.Context, key string, body []byte, o rung.ObjectOptions) error {
	if err := m.outage.get(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.puts = append(m.puts, key)
	m.objects[key] = memoryObject{body: slices.Clone(body), options: o, modified: time.Now()}
	if strings.HasSuffix(key, ".m3u8") && !strings.HasSuffix(key, masterName) {
		m.hold(key, string(body))
	}
	return nil
}

func (m *memoryStore) Stat(_ context.Context, key string) (rung.ObjectInfo, error) {
	if err := m.outage.get(); err != nil {
		return rung.ObjectInfo{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	if !ok {
		return rung.ObjectInfo{}, rung.Errorf(rung.CodeNotFound, "", "object %s is not there", key)
	}
	return rung.ObjectInfo{Key: key, Size: int64(len(o.body)), Modified: o.modified}, nil
}

func (m *memoryStore) List(_ context.Context, prefix string, fn func(rung.ObjectInfo) error) error {
	if err := m.outage.get(); err != nil {
		return err
	}
	m.mu.Lock()
	var infos []rung.ObjectInfo
	for _, key := range slices.Sorted(maps.Keys(m.objects)) {
		if strings.HasPrefix(key, prefix) {
			infos = append(infos, rung.ObjectInfo{Key: key, Size: int64(len(m.objects[key].body)), Modified: m.objects[key].modified})
		}
	}
	m.mu.Unlock()
	for _, info := range infos {
		if err := fn(info); err != nil {
			return err
		}
	}
	return nil
}

func (m *memoryStore) Delete(_ context.Context, keys ...string) error {
	if err := m.outage.get(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		delete(m.objects, key)
		m.deletes = append(m.deletes, key)
	}
	return nil
}

func (m *memoryStore) text(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.objects[key].body)
}

// keys are those of all objects with the prefix.
func (m *memoryStore) keys(prefix string) []string {
	var keys []string
	_ = m.List(context.Background(), prefix, func(o rung.ObjectInfo) error { keys = append(keys, o.Key); return nil })
	return keys
}

// hold checks a media playlist that is put against the one before and against what is stored.
func (m *memoryStore) hold(key, text string) {
	p, err := parseMedia(text)
	if err != nil {
		m.t.Errorf("%s: %v\n%s", key, err, text)
		return
	}
	old, ok := m.last[key]
	if m.last[key] = p; ok {
		m.holdSequence(key, old, p)
	}
	root := key[:strings.LastIndexByte(key, '/')+1]
	var samples []sample
	for i, e := range p.entries {
		place := fmt.Sprintf("%s#%d", key, p.sequence+uint64(i))
		if before, known := m.uris[place]; known && before != e.URI {
			m.t.Errorf("%s: number %d was %s and is %s", key, p.sequence+uint64(i), before, e.URI)
		}
		m.uris[place] = e.URI
		if e.Gap {
			continue
		}
		o, stored := m.objects[root+e.URI]
		if !stored {
			m.t.Errorf("%s: lists %s, which is not in the store", key, e.URI)
		}
		if _, stored := m.objects[root+e.Init]; !stored {
			m.t.Errorf("%s: init segment %q of %s is not in the store", key, e.Init, e.URI)
		}
		samples = append(samples, sample{Bytes: int64(len(o.body)), DurationUS: e.DurationUS})
		if (e.DurationUS+500_000)/1_000_000 > p.target {
			m.t.Errorf("%s: %s of %d us exceeds the target duration of %d s", key, e.URI, e.DurationUS, p.target)
		}
	}
	m.holdRates(key, root, peakRate(samples, p.target))
}

func (m *memoryStore) holdSequence(key string, old, p parsedMedia) {
	switch {
	case p.sequence < old.sequence:
		m.t.Errorf("%s: media sequence falls from %d to %d", key, old.sequence, p.sequence)
	case p.discontinuity < old.discontinuity:
		m.t.Errorf("%s: discontinuity sequence falls from %d to %d", key, old.discontinuity, p.discontinuity)
	case p.target != old.target:
		m.t.Errorf("%s: target duration changes from %d to %d", key, old.target, p.target)
	}
	// Each tag that has left counts, no other does.
	left := uint64(0)
	for i := old.sequence; i < p.sequence && i-old.sequence < uint64(len(old.entries)); i++ {
		if old.entries[i-old.sequence].Discontinuity {
			left++
		}
	}
	if p.sequence-old.sequence <= uint64(len(old.entries)) && p.discontinuity != old.discontinuity+left {
		m.t.Errorf("%s: discontinuity sequence %d after %d, though %d tags left", key, p.discontinuity, old.discontinuity, left)
	}
}

// holdRates checks the master playlist that is there against what a media playlist lists.
func (m *memoryStore) holdRates(key, root string, peak int64) {
	id := strings.TrimSuffix(strings.TrimPrefix(key, root), ".m3u8")
	for _, v := range parseMaster(string(m.objects[root+masterName].body)) {
		if v.URI == mediaName(id) && v.Bandwidth < peak {
			m.t.Errorf("%s: lists a peak of %d bit/s, the master playlist says %d", key, peak, v.Bandwidth)
		}
	}
}
