package receive

import (
	"context"
	"io"
)

// Feed makes transport streams of what is none: it is the engine, as receivers need it. Both write to w as fast as w
// takes, until the context ends, the stream ends, or w fails.
type Feed interface {
	// Remux reads a container file; with loop it begins again at its end without a break in the time stamps.
	Remux(ctx context.Context, url string, loop bool, w io.Writer) error
	// Generate makes the pattern of a whole test: URL.
	Generate(ctx context.Context, url string, w io.Writer) error
}
