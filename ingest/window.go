package ingest

import "context"

// Window is the source windows as ingest fills them: a stream of messages for each channel.
type Window interface {
	// Open makes the channel's stream ready and gives its name, as tasks carry it.
	Open(ctx context.Context, channel string) (stream string, err error)
	// Append publishes a chunk after those before it, without waiting. acked is called once, maybe from another
	// goroutine, with the message's stream sequence or the reason why it is lost; the chunk is the window's until then.
	// An error means that nothing was published and acked will not be called.
	Append(channel string, chunk []byte, acked func(seq uint64, err error)) error
}
