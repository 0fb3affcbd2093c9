package bench

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"rung"
)

// ControlStore is an object store that keeps names and sizes and no bytes, so that a control plane is measured without its
// disk or network. It implements what a worker and a packager need of a store.
type ControlStore struct {
	mu      sync.Mutex
	folders map[string]*controlFolder // by the keys' first two segments
}

// NewControlStore makes an empty one.
func NewControlStore() *ControlStore { return &ControlStore{folders: map[string]*controlFolder{}} }

// at is the folder of a key; the caller holds mu.
func (s *ControlStore) at(key string) *controlFolder {
	name := s.folder(key)
	if s.folders[name] == nil {
		s.folders[name] = &controlFolder{}
	}
	return s.folders[name]
}

// folder is KIND/OWNER of a key or a longer prefix.
func (*ControlStore) folder(key string) string {
	kind, rest, _ := strings.Cut(key, "/")
	owner, _, _ := strings.Cut(rest, "/")
	return kind + "/" + owner
}

// Put implements store.Store.
func (s *ControlStore) Put(_ context.Context, key string, body []byte, _ rung.ObjectOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at(key).put(key, len(body))
	return nil
}

// Stat implements store.Store.
func (s *ControlStore) Stat(_ context.Context, key string) (rung.ObjectInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size, ok := s.at(key).size(key)
	if !ok {
		return rung.ObjectInfo{}, rung.Errorf(rung.CodeNotFound, "", "object %q is not there", key)
	}
	return rung.ObjectInfo{Key: key, Size: size}, nil
}

// List implements store.Store, for prefixes of at least KIND/OWNER/.
func (s *ControlStore) List(_ context.Context, prefix string, fn func(rung.ObjectInfo) error) error {
	s.mu.Lock()
	all := maps.Collect(s.at(prefix).objects())
	s.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		if err := fn(rung.ObjectInfo{Key: key, Size: all[key]}); err != nil {
			return err
		}
	}
	return nil
}

// Delete implements store.Store.
func (s *ControlStore) Delete(_ context.Context, keys ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		s.at(key).remove(key)
	}
	return nil
}
