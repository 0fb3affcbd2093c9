package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync"
	"sync/atomic"

	"rung"
	"rung/api/resource"
)

// memory is Records in memory.
type memory[T any] struct {
	kind string

	mu        sync.Mutex
	values    map[string]T
	revisions map[string]uint64
	last      uint64
	// beforePut, if set, runs once before the next Put, without the lock: somebody else's change.
	beforePut func()
}

func newMemory[T any](kind string) *memory[T] {
	return &memory[T]{kind: kind, values: map[string]T{}, revisions: map[string]uint64{}}
}

func (m *memory[T]) List(context.Context) ([]T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []T
	for _, v := range m.values {
		all = append(all, v)
	}
	return all, nil
}

func (m *memory[T]) Get(_ context.Context, id string) (T, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[id]
	if !ok {
		return v, 0, rung.Errorf(rung.CodeNotFound, "", "%s %q does not exist", m.kind, id)
	}
	return v, m.revisions[id], nil
}

func (m *memory[T]) Put(_ context.Context, id string, v T, revision uint64) (uint64, error) {
	m.mu.Lock()
	before := m.beforePut
	m.beforePut = nil
	m.mu.Unlock()
	if before != nil {
		before()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.revisions[id] != revision {
		return 0, rung.Errorf(rung.CodeConflict, "", "%s %q is at revision %d, not %d", m.kind, id, m.revisions[id], revision)
	}
	m.last++
	m.values[id], m.revisions[id] = v, m.last
	return m.last, nil
}

func (m *memory[T]) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, id)
	delete(m.revisions, id)
	return nil
}

// byID is a map as Statuses or Timelines.
type byID[T any] struct {
	mu     sync.Mutex
	values map[string]T
}

func (s *byID[T]) set(id string, v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[string]T{}
	}
	s.values[id] = v
}

func (s *byID[T]) List(context.Context) ([]T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []T
	for _, v := range s.values {
		all = append(all, v)
	}
	return all, nil
}

func (s *byID[T]) Get(_ context.Context, id string) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[id]
	if !ok {
		return v, rung.Errorf(rung.CodeNotFound, "", "nothing is known of %q", id)
	}
	return v, nil
}

// shelf is Profiles with one built-in.
type shelf struct{ kept byID[resource.Profile] }

func (s *shelf) List(ctx context.Context) ([]resource.Profile, error) { return s.kept.List(ctx) }

func (s *shelf) Get(ctx context.Context, name string) (resource.Profile, error) {
	return s.kept.Get(ctx, name)
}

func (s *shelf) Put(_ context.Context, name string, text []byte) error {
	p, err := checkProfile(name, text)
	s.kept.set(name, p)
	return err
}

func (s *shelf) Delete(_ context.Context, name string) error {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	delete(s.kept.values, name)
	return nil
}

// checkProfile takes any text but "bad".
func checkProfile(name string, text []byte) (resource.Profile, error) {
	if string(text) == "bad" {
		return resource.Profile{}, rung.Errorf(rung.CodeInvalid, "see docs/profiles.md", "profile %q: line 1: key \"bad\" is not known", name)
	}
	return resource.Profile{Name: name, YAML: string(text), Ladder: ladder(name)}, nil
}

func ladder(profile string) rung.Ladder {
	return rung.Ladder{
		Profile: profile, Grid: rung.Grid{Rate: rung.R(25, 1), SegmentFrames: 96},
		Video: []rung.VideoRendition{{ID: "720p", Codec: "libx264", Width: 1280, Height: 720, GOP: 48, CRF: 23}},
		Audio: []rung.AudioRendition{{ID: "audio", Codec: "aac", BitRate: 128000, Channels: 2, Name: "Audio"}},
	}
}

// news is Events in memory.
type news struct {
	mu     sync.Mutex
	all    []rung.Event
	change chan struct{} // closed at the next event
	follow atomic.Int32  // followers
}

func newNews() *news { return &news{change: make(chan struct{})} }

func (n *news) Publish(_ context.Context, e rung.Event) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	e.Seq = uint64(len(n.all) + 1)
	n.all = append(n.all, e)
	close(n.change)
	n.change = make(chan struct{})
	return nil
}

func (n *news) Follow(ctx context.Context, after uint64, fn func(rung.Event) error) error {
	n.follow.Add(1)
	defer n.follow.Add(-1)
	for {
		n.mu.Lock()
		fresh, change := n.all[min(int(after), len(n.all)):], n.change
		n.mu.Unlock()
		for _, e := range fresh {
			if err := fn(e); err != nil {
				return err
			}
			after = e.Seq
		}
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (n *news) Recent(_ context.Context, count int) ([]rung.Event, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]rung.Event(nil), n.all[max(0, len(n.all)-count):]...), nil
}

// queue is Tasks.
type queue struct {
	mu       sync.Mutex
	canceled []string
}

func (q *queue) Cancel(_ context.Context, kind rung.TaskKind, owner string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.canceled = append(q.canceled, string(kind)+" "+owner)
	return nil
}

func (q *queue) Pending(context.Context) (map[rung.TaskKind]int64, error) {
	return map[rung.TaskKind]int64{rung.Live: 2, rung.VOD: 40}, nil
}

// nodeList is Nodes.
type nodeList []rung.Node

func (n nodeList) List(context.Context) ([]rung.Node, error) { return n, nil }

// published is Presentations.
type published struct{ byID[[]resource.Rendition] }

func (p *published) Renditions(ctx context.Context, _ rung.TaskKind, owner string) ([]resource.Rendition, error) {
	return p.Get(ctx, owner)
}

// bin is Objects in memory; it counts its reads.
type bin struct {
	mu      sync.Mutex
	objects map[string][]byte
	opens   atomic.Int32
	closes  atomic.Int32
	hold    chan struct{} // if set, Open waits for it
}

func newBin() *bin { return &bin{objects: map[string][]byte{}} }

func (b *bin) put(key string, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = body
}

func (b *bin) Stat(_ context.Context, key string) (rung.ObjectInfo, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, ok := b.objects[key]
	if !ok {
		return rung.ObjectInfo{}, rung.Errorf(rung.CodeNotFound, "", "no object %q in /secret/place", key)
	}
	sum := sha256.Sum256(body)
	return rung.ObjectInfo{Key: key, Size: int64(len(body)), ETag: `"` + hex.EncodeToString(sum[:8]) + `"`}, nil
}

func (b *bin) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, rung.ObjectInfo, error) {
	info, err := b.Stat(ctx, key)
	if err != nil {
		return nil, info, err
	}
	b.opens.Add(1)
	if b.hold != nil {
		<-b.hold
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	body := b.objects[key][offset:]
	if length >= 0 {
		body = body[:length]
	}
	return &counted{bytes.NewReader(body), &b.closes}, info, nil
}

// counted counts that it is closed.
type counted struct {
	*bytes.Reader
	closes *atomic.Int32
}

func (c *counted) Close() error {
	c.closes.Add(1)
	return nil
}
