package bench

import (
	"context"
	"errors"
	"fmt"
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
	memory, before, other, from := watchTree(), readCPU(), readMachineUse(), time.Now()
	err := p.watch(ctx, all, from)
	to, used, most := time.Now(), readCPU().since(before), memory.stop(len(all))
	if err != nil {
		return err
	}
	t.Memory = MemoryFigures{Peak: most.Engines, Engines: most.Engines, PerChannel: most.Engines / int64(len(all))}
	t.BusyCores = used.children.Seconds() / to.Sub(from).Seconds()
	t.OtherCores = max(0, (readMachineUse()-other-used.total()).Seconds()/to.Sub(from).Seconds())
	t.DurationUS = to.Sub(from).Microseconds()
	return p.judge(ctx, all, from, to, t)
}

// watch returns after the duration, or once more segments are lost than the target bears.
func (p *peerRun) watch(ctx context.Context, all []*peerProcess, from time.Time) error {
	expected := 0.0
	for _, c := range p.channels {
		expected += p.duration.Seconds() / c.segment().Seconds()
	}
	bears := int64(expected * (1 - p.target))
	for end := from.Add(p.duration); ; {
		now := time.Now()
		segments, err := segmentsOfAll(all, from, now)
		if err != nil {
			return err
		}
		o := judge(peerDecided(segments, now))
		left := max(0, end.Sub(now))
		p.progress.Update(fmt.Sprintf("%d of %d segments on time, %.0f s left", o.onTime, o.segments, left.Seconds()))
		if left == 0 || o.segments-o.onTime > bears {
			return nil
		}
		if err := sleepUntil(ctx, now.Add(min(left, time.Second))); err != nil {
			return err
		}
	}
}

// judge waits for what was due in the measured time, and sums up.
func (p *peerRun) judge(ctx context.Context, all []*peerProcess, from, to time.Time, t *Trial) error {
	for {
		segments, err := segmentsOfAll(all, from, to)
		if err != nil {
			return err
		}
		if now := time.Now(); len(peerDecided(segments, now)) == len(segments) {
			o := judge(segments)
			o.fill(t, p.target)
			return nil
		}
		if err := sleepUntil(ctx, time.Now().Add(200*time.Millisecond)); err != nil {
			return err
		}
	}
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

// peerDecided are the segments that are there, or whose deadline has passed.
func peerDecided(all []segmentTime, now time.Time) []segmentTime {
	var some []segmentTime
	for _, s := range all {
		if !s.listed.IsZero() || s.deadline.Before(now) {
			some = append(some, s)
		}
	}
	return some
}
