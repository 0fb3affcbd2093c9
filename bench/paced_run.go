package bench

import (
	"context"
	"fmt"
	"time"

	"rung/profiles"
)

// warmSegments is how many segments each channel has to have listed before measuring begins.
const warmSegments = 2

// pacedRun runs live channels on a platform of their own, paced in real time, and measures them.
type pacedRun struct {
	rig      Rig
	slots    int
	profiles []*profiles.Profile
	channels []liveChannel
	duration time.Duration
	target   float64
	cores    int
	progress Progress

	unprofiled bool
}

// run gives the trial's figures. A load that is too much is no error.
func (p *pacedRun) run(ctx context.Context) (Trial, error) {
	rec := NewRecorder()
	platform, err := p.rig.Open(ctx, PlatformOptions{Slots: p.slots, Profiles: p.profiles, Recorder: rec})
	if err != nil {
		return Trial{}, err
	}
	t := Trial{Channels: len(p.channels)}
	err = during(ctx, platform, func(ctx context.Context) error {
		if err := p.warmUp(ctx, platform, rec); err != nil {
			return err
		}
		return p.measure(ctx, rec, &t)
	})
	return t, err
}

// during runs work while the platform serves. Its context ends also where the platform ends by itself, whose error is
// then the cause.
func during(ctx context.Context, platform interface{ Run(context.Context) error }, work func(context.Context) error) error {
	serving, stop := context.WithCancel(ctx)
	working, broken := context.WithCancelCause(ctx)
	done := make(chan error, 1)
	go func() {
		err := platform.Run(serving)
		broken(err)
		done <- err
	}()
	err := work(working)
	stop()
	served := <-done
	if served != nil {
		return fmt.Errorf("the platform under measurement: %w", served)
	}
	return err
}

// warmUp starts the channels, spread evenly over a segment so that their segments do not end together, and waits until
// all of them are on the air. A load that is too much may never get there: then it is measured as it is.
func (p *pacedRun) warmUp(ctx context.Context, platform Platform, rec *Recorder) error {
	longest := time.Duration(0)
	begun := time.Now()
	for k, c := range p.channels {
		longest = max(longest, c.segment())
		if err := sleepUntil(ctx, begun.Add(c.segment()*time.Duration(k)/time.Duration(len(p.channels)))); err != nil {
			return err
		}
		if err := platform.Start(ctx, c.channel()); err != nil {
			return err
		}
	}
	giveUp := time.Now().Add((2*warmSegments+2)*longest + time.Duration(len(p.channels))*time.Second)
	for time.Now().Before(giveUp) {
		ready := 0
		for _, c := range p.channels {
			if rec.Listed(c.id) >= warmSegments {
				ready++
			}
		}
		p.progress.Update(fmt.Sprintf("warming up: %d of %d channels on the air", ready, len(p.channels)))
		if ready == len(p.channels) {
			return nil
		}
		if err := sleepUntil(ctx, time.Now().Add(200*time.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}

// measure watches the channels for the duration, or until they cannot hold the target any more.
func (p *pacedRun) measure(ctx context.Context, rec *Recorder, t *Trial) error {
	watch := &trialWatch{channels: p.channels, duration: p.duration, target: p.target, progress: p.progress,
		segments: func(from, to time.Time) ([]segmentTime, error) { return segmentTimes(rec.between(from, to)), nil }}
	memory, control, before, all, from := watchTree(), startControlProfile(p.unprofiled), readCPU(), readMachineUse(), time.Now()
	err := watch.run(ctx, from)
	to, used := time.Now(), readCPU().since(before)
	all = readMachineUse() - all
	shares := control.stop()
	t.Memory = memory.stop(len(p.channels))
	if err != nil {
		return err
	}
	o, err := watch.settle(ctx, from, to)
	if err != nil {
		return err
	}
	o.fill(t, p.target)
	t.DurationUS = to.Sub(from).Microseconds()
	results, ladders := rec.encodedBetween(from, to)
	t.Stages = stageCosts(used, shares, results)
	t.BusyCores = used.total().Seconds() / to.Sub(from).Seconds()
	t.OtherCores = max(0, (all-used.total()).Seconds()/to.Sub(from).Seconds())
	var pixels int64
	t.Renditions, pixels = renditionResults(results, ladders)
	t.Throughput.MpixelPerSecond = float64(pixels) / 1e6 / to.Sub(from).Seconds()
	t.Throughput.PerCore = t.Throughput.MpixelPerSecond / float64(p.cores)
	return nil
}

// segmentTimes are records as judge takes them: one that is listed as a gap counts as never listed.
func segmentTimes(all []segmentRecord) []segmentTime {
	times := make([]segmentTime, 0, len(all))
	for _, s := range all {
		t := segmentTime{due: s.arrived, deadline: s.deadline, listed: s.listed, length: s.length}
		if s.gap {
			t.listed = time.Time{}
		}
		times = append(times, t)
	}
	return times
}
