package ingest

import (
	"context"

	"rung"
)

// Profiles finds a profile by its name; CodeNotFound where there is none.
type Profiles func(ctx context.Context, name string) (Resolver, error)

// Resolver is a profile: it makes the ladder for one source. video is nil for an audio-only service, audio empty for a
// video-only one. The ladder's grid has a rate and a segment length in either case.
type Resolver interface {
	Resolve(video *rung.VideoInfo, audio []rung.AudioInfo) (rung.Ladder, error)
}
