package bench

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
)

// playlistEntry is one segment as a media playlist of ours names it: SESSION/RENDITION/NUMBER.m4s.
type playlistEntry struct {
	session, rendition string
	number             int64
	gap                bool // EXT-X-GAP (RFC 8216bis, 4.4.4.7)
}

// playlistEntries reads a media playlist's segments. Lines of another form are passed over.
func playlistEntries(text []byte) iter.Seq[playlistEntry] {
	return func(yield func(playlistEntry) bool) {
		gap := false
		for line := range bytes.Lines(text) {
			l := strings.TrimSpace(string(line))
			if strings.HasPrefix(l, "#") || l == "" {
				gap = gap || l == "#EXT-X-GAP"
				continue
			}
			path := strings.Split(l, "/")
			e := playlistEntry{gap: gap}
			gap = false
			if len(path) != 3 {
				continue
			}
			var err error
			e.session, e.rendition = path[0], path[1]
			if e.number, err = strconv.ParseInt(strings.TrimSuffix(path[2], ".m4s"), 10, 64); err == nil && !yield(e) {
				return
			}
		}
	}
}
