package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"rung"
	"rung/profiles"
)

// simulatedRig opens platforms that encode nothing but take the time that a machine would: one queue, worked off at a
// real-time factor of so many channels.
type simulatedRig struct {
	capacity float64
	opened   int
}

// Open implements Rig.
func (r *simulatedRig) Open(_ context.Context, o PlatformOptions) (Platform, error) {
	r.opened++
	return &simulatedPlatform{capacity: r.capacity, recorder: o.Recorder, tasks: make(chan simulatedTask, 1<<16), over: make(chan struct{})}, nil
}

type simulatedTask struct {
	task rung.Task
	done chan struct{}
}

type simulatedPlatform struct {
	capacity float64
	recorder *Recorder
	tasks    chan simulatedTask
	channels sync.WaitGroup
	over     chan struct{} // closed when the platform stops
}

// Run implements Platform: it works the queue off.
func (p *simulatedPlatform) Run(ctx context.Context) error {
	defer p.channels.Wait()
	defer close(p.over)
	for {
		select {
		case <-ctx.Done():
			return nil
		case t := <-p.tasks:
			length := time.Duration(t.task.Ladder.Grid.Micros(t.task.Interval.Frames)) * time.Microsecond
			started := time.Now()
			if sleepUntil(ctx, started.Add(time.Duration(float64(length)/p.capacity))) != nil {
				return nil
			}
			p.finish(t.task, started)
			close(t.done)
		}
	}
}

// finish reports a segment, and lists it where it is live.
func (p *simulatedPlatform) finish(t rung.Task, started time.Time) {
	r := rung.Result{ID: t.ID, Interval: t.Interval, Rate: t.Ladder.Grid.Rate, SegmentFrames: t.Ladder.Grid.SegmentFrames, Started: started, Finished: time.Now()}
	for _, v := range t.Ladder.Video {
		r.Tracks = append(r.Tracks, rung.Track{ID: v.ID, Type: "video", Width: v.Width, Height: v.Height, Frames: t.Interval.Frames, FrameRate: r.Rate, Bytes: 10_000})
	}
	p.recorder.Encoded(r)
	for _, track := range r.Tracks {
		key := fmt.Sprintf("live/%s/%s.m3u8", t.ID.Owner, track.ID)
		p.recorder.Stored(key, playlistOf(t.ID.Session, track.ID, int(t.ID.Number)), time.Now())
	}
}

// Start implements Platform: a channel raises a task at each segment's end.
func (p *simulatedPlatform) Start(_ context.Context, ch rung.Channel) error {
	p.channels.Go(func() {
		for n := int64(0); ; n++ {
			t := simulatedTaskOf(rung.SegmentID{Kind: rung.Live, Owner: ch.ID, Session: "s1", Number: n})
			length := time.Duration(t.Ladder.Grid.Micros(t.Interval.Frames)) * time.Microsecond
			select {
			case <-time.After(length):
			case <-p.over:
				return
			}
			t.Arrived = time.Now()
			t.Deadline = t.Arrived.Add(3 * length)
			p.recorder.Raised(t)
			p.tasks <- simulatedTask{t, make(chan struct{})}
		}
	})
	return nil
}

// Encode implements Platform: six segments.
func (p *simulatedPlatform) Encode(ctx context.Context, j rung.Job) error {
	for n := range int64(6) {
		t := simulatedTask{simulatedTaskOf(rung.SegmentID{Kind: rung.VOD, Owner: j.ID, Session: "s1", Number: n}), make(chan struct{})}
		p.recorder.Raised(t.task)
		p.tasks <- t
		select {
		case <-t.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// simulatedTaskOf is a segment of sd3's video.
func simulatedTaskOf(id rung.SegmentID) rung.Task {
	l, err := profiles.Find("sd3").Resolve(&mixSource, nil)
	if err != nil {
		panic(err)
	}
	return rung.Task{ID: id, Interval: l.Grid.Segment(id.Number), Ladder: l}
}

// quiet is a Progress that says nothing.
type quiet struct{}

func (quiet) Begin(string, time.Duration) {}
func (quiet) Update(string)               {}
func (quiet) End(string)                  {}
