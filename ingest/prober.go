package ingest

import (
	"context"
	"io"

	"rung"
)

// Prober looks into containers and codecs. It is the engine: hostile bytes are parsed in a sandbox.
type Prober interface {
	// Probe finds out what the source has. format is libavformat's demuxer name, or empty for one of the allowed ones.
	Probe(ctx context.Context, r io.ReaderAt, size int64, format string) (rung.MediaInfo, error)
	// Index lists the pictures of stream video (-1: none) and bounds the audio streams.
	Index(ctx context.Context, r io.ReaderAt, size int64, format string, video int, audio []int) (Index, error)
}
