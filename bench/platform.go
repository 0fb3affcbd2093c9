package bench

import (
	"context"

	"rung"
	"rung/profiles"
)

// Rig opens platforms to measure: all of Rung in this process, with its engines.
type Rig interface {
	// Open makes a platform that has nothing to do. Run has to be called; it closes the platform.
	Open(ctx context.Context, o PlatformOptions) (Platform, error)
}

// PlatformOptions say what a platform is to be like.
type PlatformOptions struct {
	Slots    int                 // segments encoded at a time
	Profiles []*profiles.Profile // that are not built in
	Recorder *Recorder           // hears of every segment
}

// Platform is one that runs.
type Platform interface {
	// Run serves until ctx ends, and leaves nothing behind.
	Run(ctx context.Context) error
	// Start adds a live channel, which begins at once. It may be called while Run runs.
	Start(ctx context.Context, ch rung.Channel) error
	// Encode runs a job to its end, as fast as the platform can. It may be called while Run runs, several times at once.
	Encode(ctx context.Context, j rung.Job) error
}
