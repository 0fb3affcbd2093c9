package rung

import "time"

// ObjectOptions says how an object is stored.
type ObjectOptions struct {
	ContentType  string
	CacheControl string
	IfAbsent     bool // create only: an object that is there already stays as it is, without an error
}

// ObjectInfo describes a stored object.
type ObjectInfo struct {
	Key          string
	Size         int64
	ETag         string // strong, quoted as in HTTP
	Modified     time.Time
	ContentType  string
	CacheControl string
}
