package transcode

import (
	"context"

	"rung"
	"rung/internal/objects"
)

// Queue is where a worker's tasks come from.
type Queue interface {
	// Take waits for a task. When ctx ends it returns ctx.Err().
	Take(ctx context.Context) (Delivery, error)
}

// Delivery is one task handed to this worker. It is ended by Done or Fail, once; until then the queue keeps it from
// others by itself.
type Delivery interface {
	Task() rung.Task
	// Try counts the deliveries of this task that were tries, from 1.
	Try() int
	// Done hands the result on and, once that is safe, acknowledges the task.
	Done(ctx context.Context, r rung.Result) error
	// Fail ends the delivery by the code of cause: hand back, another try, or the end of the task.
	Fail(ctx context.Context, cause error) error
}

// Window reads a channel's source window. A range that has expired is an error of code not_found.
type Window interface {
	Read(ctx context.Context, r rung.WindowRange) ([]byte, error)
}

// Slates are the images that channels show when their source is not there, by their SHA-256 in hex. Errors are CodeNotFound
// where there is no such image.
type Slates interface {
	Get(ctx context.Context, key string) ([]byte, error)
}

// Objects is where segments go.
type Objects interface {
	Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error
}

// Stores gives the object store that a URL names; the empty URL is the system's own.
type Stores func(ctx context.Context, url string) (Objects, error)

// Opener opens a source object for reading.
type Opener func(ctx context.Context, url string) (objects.Object, error)
