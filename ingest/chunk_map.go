package ingest

import (
	"sort"

	"rung"
)

// chunkMap knows which message of the source window has which bytes of the session's packet stream. It is the live
// sessions' locator.
type chunkMap struct {
	stream string
	chunks []*chunk // by position, without holes
}

// add notes a chunk that has been sent.
func (m *chunkMap) add(c *chunk) { m.chunks = append(m.chunks, c) }

// locate implements locator. A lost chunk is left out; a message of another writer between ours begins another part, as
// nothing but our own bytes may reach the decoder.
func (m *chunkMap) locate(part rung.Part, from, to int64) (parts []rung.Part, ready bool) {
	var r *rung.WindowRange
	reached := from
	for _, c := range m.chunks[m.first(from):] {
		if c.start >= to {
			break
		}
		a, b := max(from, c.start), min(to, c.end())
		reached = b
		switch {
		case c.state == chunkSent:
			return nil, false
		case c.state == chunkLost:
		case r != nil && c.sequence == r.Last+1:
			r.Last = c.sequence
			r.Length += b - a
		default:
			r = &rung.WindowRange{Stream: m.stream, First: c.sequence, Last: c.sequence, Skip: a - c.start, Length: b - a}
			p := part
			p.Window = r
			parts = append(parts, p)
		}
	}
	return parts, reached >= to
}

// first is the index of the first chunk that ends after the position.
func (m *chunkMap) first(position int64) int {
	return sort.Search(len(m.chunks), func(i int) bool { return m.chunks[i].end() > position })
}

// forget implements locator.
func (m *chunkMap) forget(position int64) {
	if n := m.first(position); n > 0 {
		m.chunks = append(m.chunks[:0], m.chunks[n:]...)
	}
}
