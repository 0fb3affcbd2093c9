package transcode

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"rung"
	"rung/transcode/protocol"
)

// Measure compares what a task's video renditions came out as with the source's pictures as the task hands them to the
// encoders. inputs are the parts' sources, as for Encode; distorted has, for each video rendition of the task's ladder,
// a stream of its coded pictures in the container format (empty: MP4, such as an init segment with its media). The
// ladder's sizes are those that are compared at: a stream of another size is scaled to it.
//
// FFmpeg 7.1's xpsnr filter leaks a few pictures for each rendition: give an Engine that measures a small MaxRequests.
func (e *Engine) Measure(ctx context.Context, task rung.Task, inputs, distorted []Input, format string) (protocol.MeasureReply, error) {
	var reply protocol.MeasureReply
	if len(inputs) != len(task.Parts) || len(distorted) != len(task.Ladder.Video) {
		return reply, rung.Errorf(rung.CodeInternal, "", "segment %v: %d inputs for %d parts, %d streams for %d renditions",
			task.ID, len(inputs), len(task.Parts), len(distorted), len(task.Ladder.Video))
	}
	bare := withoutPlaces(task)
	req := protocol.Request{Op: protocol.OpMeasure, Task: &bare, Format: format}
	var readers []io.ReaderAt
	for _, in := range slices.Concat(inputs, distorted) {
		req.Inputs = append(req.Inputs, protocol.Input{Size: in.Size()})
		readers = append(readers, in)
	}
	payload, err := e.Do(ctx, req, readers, nil)
	if err != nil {
		return reply, err
	}
	if err := json.Unmarshal(payload, &reply); err != nil {
		return reply, rung.Errorf(rung.CodeEngine, "", "segment %v: the engine's reply: %w", task.ID, err)
	}
	return reply, nil
}
