package api

import "rung"

// segment is a segment or init segment in memory. It never changes.
type segment struct {
	key  string
	body []byte
	etag string
}

func (s *segment) info() rung.ObjectInfo {
	return rung.ObjectInfo{Key: s.key, Size: int64(len(s.body)), ETag: s.etag}
}
