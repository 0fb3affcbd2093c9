package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"rung"
)

const (
	// controlWarm is how many segments a channel lists before it counts as on the air.
	controlWarm = 2
	// controlPatience bounds the wait for channels to be on the air, and for the last segments, after what they should take.
	controlPatience = 30 * time.Second
	// controlSegment is about a segment of the profile at 25 pictures a second.
	controlSegmentTime = 4 * time.Second
)

// ControlPlane is everything of a node but its engines and its network, wired as the node is.
type ControlPlane interface {
	// Run serves until ctx ends.
	Run(ctx context.Context) error
	// Start begins a channel.
	Start(ctx context.Context, ch rung.Channel) error
}

// ControlOptions say what is measured.
type ControlOptions struct {
	Channels int
	Profile  string        // of every channel
	Duration time.Duration // of the measured time
	Pace     time.Duration // from one channel's start to the next
	Settle   time.Duration // from the last channel's being on the air to the measured time
	Progress Progress
	Feed     *ControlFeed
	Recorder *ControlRecorder
	Profiles string // folder for cpu.pprof, of the measured time, and heap.pprof, at its end; empty: none
}

// FeedLength is how long a feed's stream has to be for a measurement.
func (o ControlOptions) FeedLength() time.Duration {
	return time.Duration(o.Channels)*o.Pace + o.Settle + o.Duration + 4*controlPatience
}

// MeasureControl starts the channels one after the other, waits until they are on the air, and measures them. A load that
// is too much is no error.
func MeasureControl(ctx context.Context, o ControlOptions, plane ControlPlane) (ControlReport, error) {
	r := ControlReport{Machine: ReadMachine(nil), Channels: o.Channels, SettleUS: o.Settle.Microseconds()}
	err := during(ctx, feeding{o.Feed, plane}, func(ctx context.Context) error {
		base := readControlMemory()
		if err := startControl(ctx, o, plane); err != nil {
			return err
		}
		r.OnAir = o.Recorder.onAir(controlWarm)
		if err := settleControl(ctx, o); err != nil {
			return err
		}
		return measureControl(ctx, o, base, &r)
	})
	return r, err
}

// startControl starts the channels and waits for them, within reason.
func startControl(ctx context.Context, o ControlOptions, plane ControlPlane) error {
	o.Progress.Begin(fmt.Sprintf("starting %d channels", o.Channels), time.Duration(o.Channels)*o.Pace)
	begun := time.Now()
	for k := range o.Channels {
		if err := sleepUntil(ctx, begun.Add(time.Duration(k)*o.Pace)); err != nil {
			return err
		}
		now := time.Now().UTC()
		ch := rung.Channel{ID: fmt.Sprintf("control-%05d", k), Source: rung.Source{URL: "udp://127.0.0.1:5000"}, Profile: o.Profile, Enabled: true, Created: now, Updated: now}
		if err := startPersistently(ctx, plane, ch); err != nil {
			return err
		}
	}
	giveUp := time.Now().Add((controlWarm+1)*controlSegmentTime + controlPatience)
	for time.Now().Before(giveUp) && o.Recorder.onAir(controlWarm) < o.Channels {
		if err := sleepUntil(ctx, time.Now().Add(200*time.Millisecond)); err != nil {
			return err
		}
	}
	o.Progress.End(fmt.Sprintf("%d on the air after %.0f s", o.Recorder.onAir(controlWarm), time.Since(begun).Seconds()))
	return nil
}

// settleControl waits until what grows with the time that channels have been on the air has grown.
func settleControl(ctx context.Context, o ControlOptions) error {
	if o.Settle <= 0 {
		return nil
	}
	o.Progress.Begin("settling", o.Settle)
	err := sleepUntil(ctx, time.Now().Add(o.Settle))
	o.Progress.End(o.Settle.String())
	return err
}

// startPersistently starts a channel, again where the queue has too much to do to take it.
func startPersistently(ctx context.Context, plane ControlPlane, ch rung.Channel) error {
	for giveUp := time.Now().Add(controlPatience); ; {
		err := plane.Start(ctx, ch)
		if rung.CodeOf(err) != rung.CodeUnavailable || time.Now().After(giveUp) {
			return err
		}
	}
}

// measureControl watches what runs for the duration.
func measureControl(ctx context.Context, o ControlOptions, base controlMemory, r *ControlReport) error {
	o.Progress.Begin("measuring", o.Duration)
	o.Feed.lateness()
	profile, before, all, from := startControlProfile(false), readCPU(), readMachineUse(), time.Now()
	err := sleepUntil(ctx, from.Add(o.Duration))
	to, used := time.Now(), readCPU().since(before)
	r.Feed = o.Feed.lateness()
	all = readMachineUse() - all
	if err == nil { // what is read below takes processor time and collects garbage: not before the last segments are through
		err = awaitListed(ctx, o.Recorder, from, to)
	}
	r.CPUShares = profile.parts()
	if err != nil {
		return err
	}
	r.setMemory(base, readControlMemory(), o.Channels)
	if err := writeControlProfiles(o.Profiles, profile); err != nil {
		return err
	}
	seconds := to.Sub(from).Seconds()
	r.DurationUS = to.Sub(from).Microseconds()
	r.BusyCores, r.ChildCores = used.self.Seconds()/seconds, used.children.Seconds()/seconds
	r.OtherCores = max(0, (all-used.total()).Seconds()/seconds)
	r.Sessions = o.Recorder.begun()
	r.Gaps, r.Unlisted = o.Recorder.missed(), o.Recorder.waiting(from, to)
	r.setLatencies(o.Recorder.between(from, to))
	o.Progress.End(fmt.Sprintf("%d segments, p99 %.0f ms", r.Segments, float64(r.Latency.P99US)/1000))
	return nil
}

// writeControlProfiles writes what pprof reads. The heap's is of the last collection.
func writeControlProfiles(folder string, cpu *controlProfile) error {
	if folder == "" {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return rung.Errorf(rung.CodeInvalid, "name a folder that can be written", "--profiles: %w", err)
	}
	var heap bytes.Buffer
	return errors.Join(pprof.WriteHeapProfile(&heap), os.WriteFile(filepath.Join(folder, "cpu.pprof"), cpu.text.Bytes(), 0o644),
		os.WriteFile(filepath.Join(folder, "heap.pprof"), heap.Bytes(), 0o644))
}

// awaitListed waits until the measured time's segments are listed, within reason.
func awaitListed(ctx context.Context, rec *ControlRecorder, from, to time.Time) error {
	for giveUp := time.Now().Add(controlPatience); time.Now().Before(giveUp) && rec.waiting(from, to) > 0; {
		if err := sleepUntil(ctx, time.Now().Add(100*time.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}

// setLatencies sums up the segments' times.
func (r *ControlReport) setLatencies(all []controlSegment) {
	r.Segments = int64(len(all))
	sum := func(from, to func(controlSegment) time.Time) Percentiles {
		us := make([]int64, len(all))
		for i, s := range all {
			us[i] = to(s).Sub(from(s)).Microseconds()
		}
		return PercentilesOf(us)
	}
	arrived := func(s controlSegment) time.Time { return s.arrived }
	raised := func(s controlSegment) time.Time { return s.raised }
	taken := func(s controlSegment) time.Time { return s.taken }
	stored := func(s controlSegment) time.Time { return s.stored }
	listed := func(s controlSegment) time.Time { return s.listed }
	r.Latency, r.Window, r.Queueing = sum(arrived, listed), sum(arrived, raised), sum(raised, taken)
	r.Work, r.Publish = sum(taken, stored), sum(stored, listed)
}

// controlMemory is what this process holds at one moment.
type controlMemory struct {
	pss, heap  int64
	goroutines int
}

// readControlMemory collects garbage first: what it leaves is held.
func readControlMemory() controlMemory {
	m := controlMemory{pss: pss(os.Getpid()), goroutines: runtime.NumGoroutine()}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	m.heap = int64(stats.HeapAlloc)
	return m
}

// setMemory divides what has come since base among the channels.
func (r *ControlReport) setMemory(base, now controlMemory, channels int) {
	n := int64(max(channels, 1))
	r.MemoryBase, r.Memory = base.pss, now.pss
	r.MemoryPerChannel, r.HeapPerChannel = (now.pss-base.pss)/n, (now.heap-base.heap)/n
	r.Goroutines = (now.goroutines - base.goroutines) / int(n)
}

// feeding is a control plane with its feed: the feed stops first.
type feeding struct {
	feed  *ControlFeed
	plane ControlPlane
}

// Run serves until ctx ends.
func (f feeding) Run(ctx context.Context) error {
	fed, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = f.feed.Run(fed) // it has no errors
	}()
	err := f.plane.Run(ctx)
	cancel()
	<-done
	return err
}
