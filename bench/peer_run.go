package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
)

// deadlineSegments is how many segments' time after its last source packet a segment has, as a channel of Rung's does.
const deadlineSegments = 3

// peerRun runs channels by one FFmpeg process each, paced by FFmpeg itself, and measures them as pacedRun does.
type peerRun struct {
	ffmpeg   *FFmpeg
	dir      string // for what they write
	channels []liveChannel
	duration time.Duration
	target   float64
	progress Progress
}

func (p *peerRun) run(ctx context.Context) (Trial, error) {
	t := Trial{Channels: len(p.channels)}
	ctx, stop := context.WithCancel(ctx)
	g, running := errgroup.WithContext(ctx)
	err := p.measure(running, g, &t)
	stop()
	ended := g.Wait()
	if ended != nil && !errors.Is(ended, context.Canceled) {
		err = ended // a process that failed is why the measurement ended
	}
	return t, errors.Join(err, os.RemoveAll(p.dir))
}

// measure starts the processes, spread over a segment, lets them get going, and watches what they write.
func (p *peerRun) measure(ctx context.Context, g *errgroup.Group, t *Trial) error {
	var all []*peerProcess
	longest, begun := time.Duration(0), time.Now()
	for k, c := range p.channels {
		longest = max(longest, c.segment())
		if err := sleepUntil(ctx, begun.Add(c.segment()*time.Duration(k)/time.Duration(len(p.channels)))); err != nil {
			return err
		}
		one := &peerProcess{channel: c, dir: filepath.Join(p.dir, c.id)}
		if err := one.start(p.ffmpeg.Path); err != nil {
			return err
		}
		g.Go(func() error { return one.wait(ctx) })
		all = append(all, one)
	}
	p.progress.Update("warming up")
	if err := sleepUntil(ctx, time.Now().Add((warmSegments+1)*longest)); err != nil {
		return err
	}
	watch := &trialWatch{channels: p.channels, duration: p.duration, target: p.target, progress: p.progress,
		segments: func(from, to time.Time) ([]segmentTime, error) { return segmentsOfAll(all, from, to) }}
	memory, before, other, from := watchTree(), readCPU(), readMachineUse(), time.Now()
	err := watch.run(ctx, from)
	to, used, most := time.Now(), readCPU().since(before), memory.stop(len(all))
	if err != nil {
		return err
	}
	t.Memory = MemoryFigures{Peak: most.Engines, Engines: most.Engines, PerChannel: most.Engines / int64(len(all))}
	t.BusyCores = used.children.Seconds() / to.Sub(from).Seconds()
	t.OtherCores = max(0, (readMachineUse()-other-used.total()).Seconds()/to.Sub(from).Seconds())
	t.DurationUS = to.Sub(from).Microseconds()
	o, err := watch.settle(ctx, from, to)
	if err != nil {
		return err
	}
	o.fill(t, p.target)
	return nil
}

func segmentsOfAll(all []*peerProcess, from, to time.Time) ([]segmentTime, error) {
	var segments []segmentTime
	for _, one := range all {
		own, err := one.segments(from, to)
		if err != nil {
			return nil, err
		}
		segments = append(segments, own...)
	}
	return segments, nil
}
