// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// measure compares what renditions of a task came out as with the pictures that the task hands to their encoders: the
// source decoded, deinterlaced, fitted to the grid and scaled, by the same code as an encode. So it measures what the
// encoders lost, and nothing else. Errors are those of an encode, and CodeBadInput for a distorted stream that has not a
// picture for each place of the interval.
func measure(rio requestIO, req protocol.Request) (protocol.MeasureReply, error) {
	m, err := newMeasureRun(rio, req)
	if err != nil {
		return protocol.MeasureReply{}, err
	}
	defer settleMemory()
	defer m.Close()
	began, before := time.Now(), usage()
	if err := m.open(); err != nil {
		return protocol.MeasureReply{}, err
	}
	stages, ctx := newStages(context.Background())
	m.start(ctx, stages)
	if err := stages.wait(); err != nil {
		return protocol.MeasureReply{}, err
	}
	if err := m.judge(); err != nil {
		return protocol.MeasureReply{}, err
	}
	after := usage()
	m.stats.StageUS = stages.cpu
	m.stats.WallUS = time.Since(began).Microseconds()
	m.stats.CPUUS, m.stats.PeakRSS = after.cpu-before.cpu, after.peak
	return protocol.MeasureReply{Renditions: m.measured, Stats: m.stats}, nil
}

// measureRun is an encode whose pictures go to comparisons instead of encoders. Its sound is left out.
type measureRun struct {
	*encodeRun
	format    *astiav.InputFormat // the distorted streams'
	distorted []protocol.Input    // one a video rendition
	before    int                 // how many pictures of the source come before those that are measured
	measured  []protocol.MeasuredRendition
}

// picturesBefore are shown to XPSNR before the first pair that counts: it weighs errors by how the source moves, and knows
// that from up to two pictures before.
const picturesBefore = 2

// newMeasureRun holds the request against what a measurement needs.
func newMeasureRun(rio requestIO, req protocol.Request) (*measureRun, error) {
	if req.Task == nil || len(req.Task.Ladder.Video) == 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "measure video renditions", "a measurement needs a task with video renditions")
	}
	sources := len(req.Task.Parts)
	if renditions := len(req.Task.Ladder.Video); len(req.Inputs) != sources+renditions {
		return nil, rung.Errorf(rung.CodeInvalid, "", "task %s: %d inputs for %d parts and %d renditions", req.Task.ID, len(req.Inputs), sources, renditions)
	}
	task := *req.Task
	task.Ladder.Audio = nil
	task.Parts = slices.Clone(task.Parts)
	for i := range task.Parts {
		task.Parts[i].Audio = nil
	}
	if err := checkTask(protocol.Request{Task: &task, Inputs: req.Inputs[:sources]}); err != nil {
		return nil, err
	}
	format, err := demuxerNamed(cmp.Or(req.Format, "mov"))
	if err != nil {
		return nil, err
	}
	before := min(picturesBefore, task.Interval.First)
	task.Interval.First -= before
	task.Interval.Frames += before
	return &measureRun{
		before:    int(before),
		encodeRun: &encodeRun{rio: &countingIO{requestIO: rio}, task: &task, inputs: req.Inputs[:sources]},
		format:    format,
		distorted: req.Inputs[sources:],
		measured:  make([]protocol.MeasuredRendition, len(task.Ladder.Video)),
	}, nil
}

// start starts all stages, as encodeRun's does.
func (m *measureRun) start(ctx context.Context, s *stages) {
	for i, r := range m.task.Ladder.Video {
		s.start("measure:"+r.ID, func(*stepWatch) (err error) {
			m.measured[i], err = m.compare(ctx, i)
			return err
		})
	}
	s.start("decode", func(w *stepWatch) error { return m.decode(ctx, w) })
}

// compare is the stage that holds one rendition against its reference.
func (m *measureRun) compare(ctx context.Context, i int) (protocol.MeasuredRendition, error) {
	r := m.task.Ladder.Video[i]
	done := protocol.MeasuredRendition{ID: r.ID, Width: r.Width, Height: r.Height}
	number := len(m.task.Parts) + i
	d, err := newDistorted(m.rio.requestIO, number, m.distorted[i].Size, m.format, r)
	if err != nil {
		return done, err
	}
	defer d.Close()
	c := &comparison{rate: m.task.Ladder.Grid.Rate}
	defer c.Close()
	for place := 0; ; place++ {
		reference, ok, err := receive(ctx, m.scaled[i])
		if err != nil {
			return done, err
		}
		if !ok {
			break
		}
		if err := d.against(reference, c, place < m.before); err != nil {
			return done, err
		}
	}
	if err := d.wantEnd(); err != nil {
		return done, err
	}
	pictures, err := c.finish()
	if err != nil {
		return done, err
	}
	done.Pictures = pictures[m.before:]
	done.Quality = protocol.SumUp(done.Pictures)
	return done, nil
}
