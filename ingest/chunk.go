package ingest

// chunkState is what has become of a chunk.
type chunkState uint8

const (
	chunkSent chunkState = iota // not acknowledged yet
	chunkKept                   // in the source window, under its sequence
	chunkLost                   // not in the source window
)

// chunk is one message of the source window: bytes [start, start+length) of the session's packet stream.
type chunk struct {
	start, length int64
	state         chunkState
	sequence      uint64
}

func (c *chunk) end() int64 { return c.start + c.length }
