package main

import (
	"context"
	"strings"
	"sync"

	"rung"
	"rung/internal/objects"
	"rung/store"
	"rung/store/fs"
	"rung/store/s3"
)

// stores opens object stores by URL and keeps them: "" is the system's own.
type stores struct {
	system string
	mu     sync.Mutex
	open   map[string]store.Store
}

func newStores(system string) *stores {
	return &stores{system: system, open: map[string]store.Store{}}
}

// For gives the store at a URL: a folder, file:DIR or s3://bucket/prefix.
func (s *stores) For(_ context.Context, url string) (store.Store, error) {
	if url == "" {
		url = s.system
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.open[url]; st != nil {
		return st, nil
	}
	st, err := openStore(url)
	if err != nil {
		return nil, err
	}
	s.open[url] = st
	return st, nil
}

// replace has For give st for a URL from now on.
func (s *stores) replace(url string, st store.Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[url] = st
}

func openStore(url string) (store.Store, error) {
	if strings.HasPrefix(url, "s3://") {
		return s3.Parse(url)
	}
	if scheme, _, ok := strings.Cut(url, "://"); ok && scheme != "file" {
		return nil, rung.Errorf(rung.CodeInvalid, "a store is a folder or s3://bucket/prefix", "store %q: unknown scheme %q", url, scheme)
	}
	return fs.New(strings.TrimPrefix(strings.TrimPrefix(url, "file://"), "file:"))
}

// openS3 opens an object by its s3:// URL.
func openS3(ctx context.Context, url string) (objects.Object, error) {
	o, key, err := s3.ParseObject(url)
	if err != nil {
		return nil, err
	}
	st, err := s3.New(o)
	if err != nil {
		return nil, err
	}
	return st.OpenObject(ctx, key)
}
