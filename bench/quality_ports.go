package bench

import (
	"context"

	"rung"
	"rung/profiles"
	"rung/transcode"
	"rung/transcode/protocol"
)

// QualityPlanner cuts an input into the tasks of a job, by a profile's grid.
type QualityPlanner func(ctx context.Context, p *profiles.Profile, input string) ([]rung.Task, error)

// SegmentEncoder encodes tasks; a transcode.Engine is one.
type SegmentEncoder interface {
	Encode(ctx context.Context, task rung.Task, inputs []transcode.Input) (*transcode.Encoded, error)
}

// SegmentMeasurer compares what a task came out as with its source; a transcode.Engine is one.
type SegmentMeasurer interface {
	Measure(ctx context.Context, task rung.Task, inputs, distorted []transcode.Input, format string) (protocol.MeasureReply, error)
}
