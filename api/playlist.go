package api

import (
	"bytes"
	"compress/gzip"
	"time"
)

// playlist is a playlist as it was in the store a moment ago, ready to be served.
type playlist struct {
	body, packed     []byte // packed: by gzip
	etag, packedETag string
	read             time.Time
}

// newPlaylist prepares a playlist that was asked for at that time.
func newPlaylist(body []byte, read time.Time) (*playlist, error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &playlist{body: body, packed: packed.Bytes(), etag: etagOf(body), packedETag: etagOf(packed.Bytes()), read: read}, nil
}
