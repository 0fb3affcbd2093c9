package api

import (
	"container/list"
	"sync"
	"sync/atomic"
)

// segmentCache keeps the segments that were asked for last, up to a number of bytes.
type segmentCache struct {
	limit        int64
	hits, misses atomic.Int64

	mu    sync.Mutex
	bytes int64
	order *list.List // of *segment, the one used last in front
	kept  map[string]*list.Element
}

func newSegmentCache(limit int64) *segmentCache {
	return &segmentCache{limit: limit, order: list.New(), kept: map[string]*list.Element{}}
}

// largest is the size above which a segment is not worth its place.
func (s *segmentCache) largest() int64 { return s.limit / 8 }

// size is the number of bytes kept.
func (s *segmentCache) size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// get gives the segment, or nil.
func (s *segmentCache) get(key string) *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.kept[key]
	if e == nil {
		s.misses.Add(1)
		return nil
	}
	s.hits.Add(1)
	s.order.MoveToFront(e)
	return e.Value.(*segment)
}

// put keeps the segment and throws out those that were not used for longest.
func (s *segmentCache) put(seg *segment) {
	n := int64(len(seg.body))
	if n > s.largest() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[seg.key] != nil {
		return
	}
	s.kept[seg.key] = s.order.PushFront(seg)
	s.bytes += n
	for s.bytes > s.limit {
		last := s.order.Remove(s.order.Back()).(*segment)
		delete(s.kept, last.key)
		s.bytes -= int64(len(last.body))
	}
}
