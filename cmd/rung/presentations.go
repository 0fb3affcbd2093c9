package main

import (
	"context"
	"time"

	"rung"
	"rung/api/resource"
	"rung/packager"
	"rung/scheduler"
)

// presentations is the API's view of the presentations bucket.
type presentations struct {
	*scheduler.Bucket[[]byte]
}

// Renditions implements api.Presentations.
func (p presentations) Renditions(ctx context.Context, kind rung.TaskKind, owner string) ([]resource.Rendition, error) {
	state, _, err := p.Bucket.Get(ctx, packager.StateID(kind, owner))
	if err != nil {
		return nil, err
	}
	figures, err := packager.Figures(state)
	if err != nil {
		return nil, err
	}
	all := make([]resource.Rendition, len(figures))
	for i, f := range figures {
		all[i] = resource.Rendition{
			ID: f.ID, Type: f.Type, Codecs: f.Codecs, Width: f.Width, Height: f.Height, FrameRate: f.FrameRate,
			Bandwidth: f.Bandwidth, AverageBandwidth: f.AverageBandwidth, Segments: f.Segments, Gaps: f.Gaps,
			LastSegment: f.LastSegment, Latency: rung.Duration(f.Latency.Round(time.Millisecond)),
		}
	}
	return all, nil
}
