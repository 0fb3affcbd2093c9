package bench

import (
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

// playlistEntries reads a media playlist's segments. Lines of another form are passed over. The entries' strings are parts
// of the whole text: who keeps one clones it.
func playlistEntries(text []byte) iter.Seq[playlistEntry] {
	return func(yield func(playlistEntry) bool) {
		gap := false
		for line := range strings.Lines(string(text)) {
			l := strings.TrimSpace(line)
			if strings.HasPrefix(l, "#") || l == "" {
				gap = gap || l == "#EXT-X-GAP"
				continue
			}
			e := playlistEntry{gap: gap}
			gap = false
			var rest, name string
			e.session, rest, _ = strings.Cut(l, "/")
			e.rendition, name, _ = strings.Cut(rest, "/")
			var err error
			if e.number, err = strconv.ParseInt(strings.TrimSuffix(name, ".m4s"), 10, 64); err == nil && !yield(e) {
				return
			}
		}
	}
}
