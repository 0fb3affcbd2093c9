package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rung"
	"rung/ingest"
	"rung/internal/faultsender"
	"rung/internal/mpegts"
	"rung/profiles"
	"rung/transcode"
)

// faultIngest is an ingest whose clock is simulated and whose surroundings lie in memory: a stream of many seconds becomes
// tasks at once, the same ones each time, whatever else the machine does.
type faultIngest struct {
	mu      sync.Mutex
	stream  faultsender.Stream
	media   rung.MediaInfo // what a probe of the stream finds
	profile *profiles.Profile
	slate   []byte // the channel's own image; nil: none
	window  [][]byte
	tasks   []rung.Task
	events  []rung.Event
	losses  atomic.Int64 // of packet sync
}

// faultTasks carries a stream as a channel until it has ended and after has passed, and gives its tasks and events.
func faultTasks(t *testing.T, f *faultIngest, after time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		m := ingest.NewManager(ingest.ManagerOptions{Node: "n", Logger: slog.New(slog.DiscardHandler), Channels: f, Leases: f,
			Receivers: func(rung.Source) (ingest.Receiver, error) { return f, nil }, Prober: f, Window: f, Tasks: f,
			Profiles:  func(context.Context, string) (ingest.Resolver, error) { return f.profile, nil },
			Timelines: faultTimelines{}, Statuses: faultStatuses{}, Events: f})
		ended := make(chan error, 1)
		go func() { ended <- m.Run(ctx) }()
		time.Sleep(f.stream.End() + after)
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// Watch implements ingest.Channels.
func (f *faultIngest) Watch(ctx context.Context, fn func(string, *rung.Channel)) error {
	ch := rung.Channel{ID: "news", Source: rung.Source{URL: "udp://127.0.0.1:5000"}, Profile: f.profile.Name, Enabled: true}
	if f.slate != nil {
		ch.Slate = fmt.Sprintf("%x", sha256.Sum256(f.slate))
	}
	fn("news", &ch)
	<-ctx.Done()
	return ctx.Err()
}

// Acquire implements ingest.Leases.
func (f *faultIngest) Acquire(context.Context, string) (ingest.Lease, error) {
	return faultLease{}, nil
}

type faultLease struct{}

func (faultLease) Lost() <-chan struct{}         { return nil }
func (faultLease) Release(context.Context) error { return nil }

// Run implements ingest.Receiver.
func (f *faultIngest) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	var aligner mpegts.Aligner
	begin := time.Now()
	for _, p := range f.stream {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(begin.Add(p.At))):
		}
		aligner.Write(p.Bytes, func(packets []byte) { sink(packets, time.Now()) })
		f.losses.Store(aligner.SyncLosses())
	}
	<-ctx.Done()
	return ctx.Err()
}

// Figures implements ingest.Receiver.
func (f *faultIngest) Figures() rung.SourceFigures {
	return rung.SourceFigures{Connected: true, SyncLosses: f.losses.Load()}
}

// Cause implements ingest.Receiver.
func (f *faultIngest) Cause() error { return nil }

// Probe implements ingest.Prober.
func (f *faultIngest) Probe(context.Context, io.ReaderAt, int64, string) (rung.MediaInfo, error) {
	return f.media, nil
}

// Index implements ingest.Prober. Live sources have none.
func (f *faultIngest) Index(context.Context, io.ReaderAt, int64, string, int, []int) (ingest.Index, error) {
	return ingest.Index{}, errors.New("a live source has no index")
}

// Open implements ingest.Window.
func (f *faultIngest) Open(context.Context, string) (string, error) { return "SRC_news", nil }

// Append implements ingest.Window.
func (f *faultIngest) Append(_ string, chunk []byte, acked func(uint64, error)) error {
	f.mu.Lock()
	f.window = append(f.window, bytes.Clone(chunk))
	n := uint64(len(f.window))
	f.mu.Unlock()
	go acked(n, nil)
	return nil
}

// read gives a part's bytes, as a worker reads them.
func (f *faultIngest) read(r *rung.WindowRange) transcode.Input {
	all := bytes.Join(f.window[r.First-1:r.Last], nil)
	return bytes.NewReader(all[r.Skip : r.Skip+r.Length])
}

// Submit implements ingest.Tasks.
func (f *faultIngest) Submit(_ context.Context, t rung.Task) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tasks = append(f.tasks, t)
	return nil
}

// Cancel implements ingest.Tasks.
func (f *faultIngest) Cancel(context.Context, rung.TaskKind, string) error { return nil }

// Publish implements ingest.Events.
func (f *faultIngest) Publish(_ context.Context, e rung.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
	return nil
}

// alarms are the codes of the alarms that were raised, in order.
func (f *faultIngest) alarms() (codes []string) {
	for _, e := range f.events {
		if e.Type == "channel.alarm" {
			codes = append(codes, e.Code)
		}
	}
	return codes
}

type faultTimelines struct{}

func (faultTimelines) Get(context.Context, string) (t rung.Timeline, found bool, err error) { return }
func (faultTimelines) Put(context.Context, rung.Timeline) error                             { return nil }

type faultStatuses struct{}

func (faultStatuses) Put(context.Context, rung.ChannelStatus) error { return nil }
