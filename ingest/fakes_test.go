package ingest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"rung"
)

// fakes are all that a Manager or a Planner works with, in memory.
type fakes struct {
	mu        sync.Mutex
	messages  map[uint64][]byte // the source window
	sequence  uint64
	windowErr error
	holdAcks  bool
	held      []func()

	tasks     []rung.Task
	canceled  []string
	submitErr error

	timelines map[string]rung.Timeline
	ended     []string // sessions, as their timelines ended
	statuses  []rung.ChannelStatus
	events    []rung.Event

	leases map[string]*fakeLease

	media    rung.MediaInfo
	probeErr error
	probes   int
	index    Index

	ladder     rung.Ladder
	resolveErr error

	channels chan func(func(string, *rung.Channel))
	jobs     map[string]rung.Job
	revs     map[string]uint64
	jobsWoke chan struct{}
}

func newFakes() *fakes {
	return &fakes{messages: map[uint64][]byte{}, timelines: map[string]rung.Timeline{}, leases: map[string]*fakeLease{},
		channels: make(chan func(func(string, *rung.Channel))), jobs: map[string]rung.Job{}, revs: map[string]uint64{},
		jobsWoke: make(chan struct{}, 1), ladder: testLadder(fps25, 96),
		media: rung.MediaInfo{Format: "mpegts",
			Video: []rung.VideoInfo{{PID: testVideo, Codec: "mpeg4", Width: 640, Height: 360, FrameRate: fps25, TimeBase: clock90k}},
			Audio: []rung.AudioInfo{{Index: 1, PID: testAudio, Codec: "aac", SampleRate: 48000, Channels: 2, FrameSize: 1024, TimeBase: clock90k}}}}
}

func (f *fakes) manager(receivers Receivers) *Manager {
	return NewManager(ManagerOptions{Node: "n1", Logger: slog.New(slog.DiscardHandler), Channels: fakeChannels{f}, Leases: fakeLeases{f},
		Receivers: receivers, Prober: fakeProber{f}, Profiles: f.profiles, Window: fakeWindow{f}, Tasks: fakeTasks{f},
		Timelines: fakeTimelines{f}, Statuses: fakeStatuses{f}, Events: fakeEvents{f}})
}

func (f *fakes) planner(objects Objects) *Planner {
	return NewPlanner(PlannerOptions{Node: "n1", Logger: slog.New(slog.DiscardHandler), Jobs: fakeJobs{f}, Leases: fakeLeases{f},
		Tasks: fakeTasks{f}, Events: fakeEvents{f}, Objects: objects, Prober: fakeProber{f}, Profiles: f.profiles})
}

func (f *fakes) profiles(context.Context, string) (Resolver, error) { return fakeResolver{f}, nil }

// locked gives fn the fakes' state.
func (f *fakes) locked(fn func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn()
}

// raised is the tasks so far.
func (f *fakes) raised() (tasks []rung.Task) {
	f.locked(func() { tasks = append(tasks, f.tasks...) })
	return tasks
}

// status is a channel's last one.
func (f *fakes) status() (s rung.ChannelStatus) {
	f.locked(func() {
		if n := len(f.statuses); n > 0 {
			s = f.statuses[n-1]
		}
	})
	return s
}

// alarm finds an alarm of the last status.
func (f *fakes) alarm(code string) *rung.Alarm {
	for _, a := range f.status().Alarms {
		if a.Code == code {
			return &a
		}
	}
	return nil
}

// read gives the bytes of a window range.
func (f *fakes) read(r *rung.WindowRange) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b []byte
	for n := r.First; n <= r.Last; n++ {
		b = append(b, f.messages[n]...)
	}
	return b[r.Skip : r.Skip+r.Length]
}

type fakeWindow struct{ *fakes }

func (f fakeWindow) Open(context.Context, string) (string, error) { return "SRC_c", nil }

func (f fakeWindow) Append(_ string, chunk []byte, acked func(uint64, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.windowErr
	f.sequence++
	n, kept := f.sequence, bytes.Clone(chunk)
	if err == nil {
		f.messages[n] = kept
	} else {
		f.sequence--
	}
	settle := func() {
		if !bytes.Equal(chunk, kept) {
			panic("a chunk was changed before its acknowledgement")
		}
		acked(n, err)
	}
	if f.holdAcks {
		f.held = append(f.held, settle)
		return nil
	}
	go settle()
	return nil
}

type fakeTasks struct{ *fakes }

func (f fakeTasks) Submit(_ context.Context, t rung.Task) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.submitErr != nil {
		return f.submitErr
	}
	f.tasks = append(f.tasks, t)
	return nil
}

func (f fakeTasks) Cancel(_ context.Context, kind rung.TaskKind, owner string) error {
	f.locked(func() { f.canceled = append(f.canceled, string(kind)+"."+owner) })
	return nil
}

type fakeTimelines struct{ *fakes }

func (f fakeTimelines) Get(_ context.Context, channel string) (rung.Timeline, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, ok := f.timelines[channel]
	return t, ok, nil
}

func (f fakeTimelines) Put(_ context.Context, t rung.Timeline) error {
	f.locked(func() {
		f.timelines[t.Channel] = t
		if t.Ended {
			f.ended = append(f.ended, t.Session)
		}
	})
	return nil
}

type fakeStatuses struct{ *fakes }

func (f fakeStatuses) Put(_ context.Context, s rung.ChannelStatus) error {
	f.locked(func() { f.statuses = append(f.statuses, s) })
	return nil
}

type fakeEvents struct{ *fakes }

func (f fakeEvents) Publish(_ context.Context, e rung.Event) error {
	f.locked(func() { f.events = append(f.events, e) })
	return nil
}

type fakeLeases struct{ *fakes }

type fakeLease struct {
	fakes *fakes
	name  string
	lost  chan struct{}
}

func (f fakeLeases) Acquire(_ context.Context, name string) (Lease, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.leases[name] != nil {
		return nil, rung.Errorf(rung.CodeConflict, "", "lease %s is held", name)
	}
	l := &fakeLease{fakes: f.fakes, name: name, lost: make(chan struct{})}
	f.leases[name] = l
	return l, nil
}

func (l *fakeLease) Lost() <-chan struct{} { return l.lost }

func (l *fakeLease) Release(context.Context) error {
	l.fakes.locked(func() { delete(l.fakes.leases, l.name) })
	return nil
}

type fakeProber struct{ *fakes }

func (f fakeProber) Probe(context.Context, io.ReaderAt, int64, string) (rung.MediaInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probes++
	return f.media, f.probeErr
}

func (f fakeProber) Index(context.Context, io.ReaderAt, int64, string, int, []int) (Index, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.index, f.probeErr
}

type fakeResolver struct{ *fakes }

func (f fakeResolver) Resolve(video *rung.VideoInfo, audio []rung.AudioInfo) (rung.Ladder, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.ladder
	if video == nil {
		l.Video = nil
	}
	if len(audio) == 0 {
		l.Audio = nil
	}
	return l, f.resolveErr
}

type fakeChannels struct{ *fakes }

func (f fakeChannels) Watch(ctx context.Context, fn func(string, *rung.Channel)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case call := <-f.channels:
			call(fn)
		}
	}
}

// want tells the manager of a channel.
func (f *fakes) want(id string, ch *rung.Channel) {
	f.channels <- func(fn func(string, *rung.Channel)) { fn(id, ch) }
}

type fakeJobs struct{ *fakes }

func (f fakeJobs) Watch(ctx context.Context, fn func(string, *rung.Job, uint64)) error {
	told := map[string]uint64{}
	for {
		var changed []rung.Job
		f.locked(func() {
			for id, j := range f.jobs {
				if told[id] != f.revs[id] {
					told[id] = f.revs[id]
					changed = append(changed, j)
				}
			}
		})
		for _, j := range changed {
			fn(j.ID, &j, told[j.ID])
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.jobsWoke:
		}
	}
}

func (f fakeJobs) Update(_ context.Context, j rung.Job, rev uint64) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.revs[j.ID] != rev {
		return 0, rung.Errorf(rung.CodeConflict, "", "job %s has another revision", j.ID)
	}
	f.write(j)
	return f.revs[j.ID], nil
}

// write puts a job, as others do. The lock is held.
func (f *fakes) write(j rung.Job) {
	f.jobs[j.ID] = j
	f.revs[j.ID]++
	select {
	case f.jobsWoke <- struct{}{}:
	default:
	}
}

// fakeReceiver plays packets in step with their times, then waits (a network) or ends (a file).
type fakeReceiver struct {
	packets []timedPackets
	ends    bool
	err     error
	cause   error
	rest    <-chan []timedPackets // more, when it comes
}

func (r *fakeReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	all := r.packets
	for {
		start := time.Now()
		for _, p := range all {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Until(start.Add(p.at))):
			}
			sink(p.packets, time.Now())
		}
		if r.ends || r.err != nil {
			return r.err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case all = <-r.rest:
		}
	}
}

func (r *fakeReceiver) Figures() rung.SourceFigures { return rung.SourceFigures{Connected: true} }

func (r *fakeReceiver) Cause() error { return r.cause }

// receivers gives the same receiver for every source.
func receivers(r Receiver) Receivers { return func(rung.Source) (Receiver, error) { return r, nil } }
