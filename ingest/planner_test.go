package ingest

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

// fakeObject is an input in memory.
type fakeObject struct{ *bytes.Reader }

func (fakeObject) ETag() string { return `"1"` }
func (fakeObject) Close() error { return nil }

func objectOf(b []byte) Objects {
	return func(context.Context, string) (Object, error) { return fakeObject{bytes.NewReader(b)}, nil }
}

func bytesOf(all []timedPackets) []byte {
	var b []byte
	for _, p := range all {
		b = append(b, p.packets...)
	}
	return b
}

// TestPlanTransport plans transport streams in the forms that files have, with junk before and within them.
func TestPlanTransport(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 250, start: 90000}
	plain := bytesOf(st.mux())
	form := func(f packetForm) []byte { return f.pack(plain) }
	junk := make([]byte, 3000)
	for i := range junk {
		junk[i] = byte(i * i >> 3) // with a sync byte here and there
	}
	for _, c := range []struct {
		name    string
		object  []byte
		offset  int64 // of the first packet
		size    int64 // of a packet
		longest int64 // what may lie in the object beside packets
	}{
		{"188 bytes", plain, 0, 188, 0},
		{"192 bytes", form(packetForms[1]), 0, 192, 0},
		{"204 bytes", form(packetForms[2]), 0, 204, 0},
		{"junk before", append(slices.Clone(junk), plain...), 3000, 188, 0},
		{"junk within", slices.Concat(plain[:200*188], junk, plain[200*188:]), 0, 188, 3000},
		{"cut in a packet", plain[:len(plain)-100], 0, 188, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakes()
			tasks, media, err := f.planner(objectOf(c.object)).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.ts", Session: "s1", Created: begin})
			if err != nil {
				t.Fatal(err)
			}
			if len(tasks) != 3 || !tasks[2].Last || tasks[1].Last || media.Format != "mpegts" {
				t.Fatalf("%d tasks of %s, want 3, the last one marked", len(tasks), media.Format)
			}
			if got := tasks[2].Interval; got.First != 192 || got.Frames < 57 || got.Frames > 58 {
				t.Errorf("the last interval is %+v, want frames 192+58", got)
			}
			for i, k := range tasks {
				o := k.Parts[0].Object
				if o.URL != "file:a.ts" || o.Size != int64(len(c.object)) || o.ETag != `"1"` {
					t.Errorf("task %d: object %+v", i, o)
				}
				if int64(len(k.Parts[0].Prefix)) != 2*c.size {
					t.Errorf("task %d: %d bytes of tables before the cut, want 2 packets of %d", i, len(k.Parts[0].Prefix), c.size)
				}
				if k.Prefix != "vod/j/s1" || k.Store != "" || !k.Deadline.IsZero() || !k.Time.Equal(begin.Add(time.Duration(i)*3840*time.Millisecond)) {
					t.Errorf("task %d: prefix %q, store %q, deadline %v, time %v", i, k.Prefix, k.Store, k.Deadline, k.Time)
				}
				if (o.Offset-c.offset)%c.size != 0 && c.longest == 0 {
					t.Errorf("task %d begins within a packet, at byte %d", i, o.Offset)
				}
			}
			if first := tasks[0].Parts[0].Object.Offset; first > c.offset+10*c.size {
				t.Errorf("the first task is read from byte %d, want the beginning", first)
			}
		})
	}
}

// TestPlanTransportLateTables: pictures before the first tables are not lost.
func TestPlanTransportLateTables(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 100, start: 90000}
	f := newFakes()
	tasks, _, err := f.planner(objectOf(bytesOf(st.mux())[2*packetSize:])).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.ts", Session: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	if v := tasks[0].Parts[0]; v.Video.Origin != 90000 || v.Object.Offset != 0 {
		t.Errorf("the origin is %d, read from byte %d; want the first picture's 90000 from 0", v.Video.Origin, v.Object.Offset)
	}
}

// TestPlanTransportSame: the planner cuts a stream as a channel does, up to where its bytes lie.
func TestPlanTransportSame(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 300, start: 1<<33 - 200000}
	packets := bytesOf(st.mux())
	f := newFakes()
	planned, _, err := f.planner(objectOf(packets)).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.ts", Session: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	f.holdAcks = true
	var live []rung.Task
	s := testSession(t, f, packets, func(k rung.Task) { live = append(live, k) })
	s.block(packets, begin)
	s.finish(begin)
	for _, ack := range f.held {
		ack()
	}
	if err := s.settle(begin); err != nil {
		t.Fatal(err)
	}
	if len(live) != len(planned) {
		t.Fatalf("%d tasks live, %d planned", len(live), len(planned))
	}
	for i := range live {
		a, b := live[i].Parts[0], planned[i].Parts[0]
		if *a.Video != *b.Video || !reflect.DeepEqual(a.Audio, b.Audio) || live[i].Interval != planned[i].Interval || a.Window.Length != b.Object.End-b.Object.Offset {
			t.Errorf("task %d is %+v live and %+v planned", i, live[i], planned[i])
		}
	}
}

// TestPlanIndexed plans an MP4 whose time stamps begin above zero: pictures at 24 fps with a key every 48, sound that is
// exact to the sample.
func TestPlanIndexed(t *testing.T) {
	f := newFakes()
	timeBase := rung.Rational{Num: 1, Den: 12288}
	f.media = rung.MediaInfo{Format: "mov",
		Video: []rung.VideoInfo{{Index: 0, Codec: "h264", Width: 640, Height: 360, FrameRate: rung.Rational{Num: 24, Den: 1}, TimeBase: timeBase}},
		Audio: []rung.AudioInfo{{Index: 1, Codec: "aac", SampleRate: 48000, Channels: 2, FrameSize: 1024, TimeBase: rung.Rational{Num: 1, Den: 48000}}}}
	f.ladder = testLadder(rung.Rational{Num: 24, Den: 1}, 96)
	for i := range int64(220) {
		d := display(i)
		f.index.Video = append(f.index.Video, IndexedPicture{PTS: 1024 + d*512, DTS: i * 512, Key: d%48 == 0})
	}
	f.index.Audio = []Span{{First: 3000, End: 450000}}
	tasks, _, err := f.planner(objectOf(make([]byte, 1000))).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.mp4", Session: "s1", Output: "s3://b/p"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tasks) != 3 || !tasks[2].Last || tasks[2].Interval.Frames != 220-192 {
		t.Fatalf("%d tasks, the last of %+v; want 3 and 28 frames", len(tasks), tasks[len(tasks)-1].Interval)
	}
	seeks := []int64{-1, 1024 + 48*512, 1024 + 144*512} // by presentation: 10 frames are needed before 96 and 192
	for i, k := range tasks {
		p := k.Parts[0]
		if k.Store != "s3://b/p" || k.Prefix != "s1" || p.Format != "mov" || len(p.Prefix) != 0 {
			t.Errorf("task %d: store %q, prefix %q, format %q", i, k.Store, k.Prefix, p.Format)
		}
		got := int64(-1)
		if p.Object.SeekTS != nil {
			got = *p.Object.SeekTS
		}
		if got != seeks[i] || p.Object.SeekStream != 0 || p.Object.End != 0 {
			t.Errorf("task %d is sought to %d of stream %d, want %d of 0", i, got, p.Object.SeekStream, seeks[i])
		}
		if v := p.Video; v.Origin != 1024 || v.Frame != 0 || v.TimeBase != timeBase || v.WrapBits != 0 {
			t.Errorf("task %d: video %+v", i, v)
		}
		if a := p.Audio[0]; a.Origin != 3000 || a.Sample != 3000-4000 || a.FrameSize != 0 || a.WrapBits != 0 {
			t.Errorf("task %d: audio %+v, want sample -1000 at 3000: 1024/12288 s are 4000 samples", i, a)
		}
	}
}

// TestPlanIndexedLate: pictures that the file says are decoded after they are shown do not keep the last task from being
// the last.
func TestPlanIndexedLate(t *testing.T) {
	f := newFakes()
	f.media.Format, f.media.Audio = "mov", nil
	f.media.Video[0].TimeBase = rung.R(1, 12800)
	f.ladder = testLadder(rung.R(25, 1), 96)
	for i := range int64(192) {
		f.index.Video = append(f.index.Video, IndexedPicture{PTS: i * 512, DTS: (i + 4) * 512, Key: i%48 == 0})
	}
	tasks, _, err := f.planner(objectOf(make([]byte, 1000))).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.mp4", Session: "s1", Output: "s3://b/p"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tasks) != 2 || tasks[0].Last || !tasks[1].Last || tasks[1].Interval.Frames != 96 {
		t.Errorf("%d tasks, the last of %+v; want 2, the second the last", len(tasks), tasks[len(tasks)-1].Interval)
	}
}

// TestPlanIndexedCoarse: a container whose time base is coarser than a sample keeps the lattice of coded frames.
func TestPlanIndexedCoarse(t *testing.T) {
	f := newFakes()
	milli := rung.Rational{Num: 1, Den: 1000}
	f.media = rung.MediaInfo{Format: "matroska",
		Audio: []rung.AudioInfo{{Index: 2, Codec: "aac", SampleRate: 44100, Channels: 2, FrameSize: 1024, TimeBase: milli}}}
	f.index.Audio = []Span{{First: 20, End: 10020}}
	tasks, _, err := f.planner(objectOf(make([]byte, 1000))).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a.mka", Session: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tasks) != 3 || tasks[2].Interval.End() != 250 || !tasks[2].Last {
		t.Fatalf("%d tasks up to frame %d, want 3 up to 250: 10 s at 25 fps", len(tasks), tasks[len(tasks)-1].Interval.End())
	}
	for i, k := range tasks {
		p := k.Parts[0]
		if p.Video != nil || p.Audio[0].FrameSize != 1024 || p.Audio[0].Origin != 20 || p.Audio[0].Sample != 0 {
			t.Errorf("task %d: %+v", i, p)
		}
		if i == 0 {
			continue
		}
		begins := int64(i)*3840 + 20
		if ts := p.Object.SeekTS; ts == nil || *ts > begins-400 || *ts < begins-430 || p.Object.SeekStream != 2 {
			t.Errorf("task %d: sought to %+v, want 0.4 s before %d", i, p.Object, begins)
		}
	}
}

func TestPlanBadInput(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 100, start: 90000}
	good := bytesOf(st.mux())
	for _, c := range []struct {
		name   string
		object []byte
		change func(*fakes)
		code   rung.Code
	}{
		{"garbage called a transport stream", make([]byte, 100000), nil, rung.CodeBadInput},
		{"no pictures in it", good[:2*188], nil, rung.CodeBadInput},
		{"profile does not fit", good, func(f *fakes) { f.resolveErr = rung.Errorf(rung.CodeInvalid, "", "does not fit") }, rung.CodeInvalid},
		{"unreadable", good, func(f *fakes) { f.probeErr = rung.Errorf(rung.CodeUnsupported, "", "no container") }, rung.CodeUnsupported},
		{"encrypted", nil, func(f *fakes) {
			f.media = rung.MediaInfo{Format: "mov", Video: []rung.VideoInfo{{Codec: "h264", Width: 1, Encrypted: true}}}
		}, rung.CodeEncrypted},
		{"neither video nor audio", nil, func(f *fakes) { f.media = rung.MediaInfo{Format: "mov"} }, rung.CodeBadInput},
		{"unknown codec", nil, func(f *fakes) { f.media = rung.MediaInfo{Format: "mov", Video: []rung.VideoInfo{{Codec: ""}}} }, rung.CodeUnsupported},
		{"empty index", nil, func(f *fakes) {
			f.media.Format = "mov"
		}, rung.CodeBadInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakes()
			if c.change != nil {
				c.change(f)
			}
			tasks, _, err := f.planner(objectOf(c.object)).Plan(t.Context(), rung.Job{ID: "j", Input: "file:a", Session: "s1"})
			if rung.CodeOf(err) != c.code || len(tasks) != 0 {
				t.Errorf("%d tasks, error %v (%s); want %s", len(tasks), err, rung.CodeOf(err), c.code)
			}
		})
	}
}

// testPlanner runs a planner over the fakes' jobs until fn returns.
func testPlanner(t *testing.T, f *fakes, objects Objects, fn func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f.jobsWoke = make(chan struct{}, 1)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.planner(objects).Run(ctx) }()
		fn(t)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if len(f.leases) > 0 {
			t.Errorf("%d leases are still held", len(f.leases))
		}
	})
}

func (f *fakes) put(j rung.Job) { f.locked(func() { f.write(j) }) }

func (f *fakes) job(id string) (j rung.Job) {
	f.locked(func() { j = f.jobs[id] })
	return j
}

func TestPlannerRuns(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 250, start: 90000}
	f := newFakes()
	testPlanner(t, f, objectOf(bytesOf(st.mux())), func(t *testing.T) {
		f.put(rung.Job{ID: "j", Input: "file:a.ts", Profile: "hd5", State: rung.JobQueued})
		f.put(rung.Job{ID: "old", State: rung.JobDone})
		f.put(rung.Job{ID: "resumed", Input: "file:a.ts", State: rung.JobPlanning, Session: "s000000abc"})
		time.Sleep(time.Second)
		synctest.Wait()
		j := f.job("j")
		if j.State != rung.JobRunning || j.Segments != 3 || j.Session == "" || j.Media == nil || j.Started.IsZero() || j.DurationUS != 10_000_000 {
			t.Errorf("job is %+v", j)
		}
		if r := f.job("resumed"); r.State != rung.JobRunning || r.Session != "s000000abc" {
			t.Errorf("the resumed job is %+v", r)
		}
		var numbers []int64
		for _, k := range f.raised() {
			if k.ID.Owner == "j" {
				numbers = append(numbers, k.ID.Number)
				if k.ID.Session != j.Session || k.Raised.IsZero() {
					t.Errorf("task %+v", k.ID)
				}
			}
		}
		if !slices.Equal(numbers, []int64{0, 1, 2}) {
			t.Errorf("tasks %v, want 0, 1, 2", numbers)
		}
	})
}

func TestPlannerFails(t *testing.T) {
	f := newFakes()
	testPlanner(t, f, objectOf(make([]byte, 10000)), func(t *testing.T) {
		f.put(rung.Job{ID: "j", Input: "file:a.ts", State: rung.JobQueued})
		time.Sleep(time.Second)
		synctest.Wait()
		if j := f.job("j"); j.State != rung.JobFailed || j.Error == nil || j.Error.Code != rung.CodeBadInput || j.Error.Hint == "" || j.Finished.IsZero() {
			t.Errorf("job is %+v", j)
		}
	})
}

// TestPlannerTriesAgain: what was away at first is asked again.
func TestPlannerTriesAgain(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 100, start: 90000}
	f := newFakes()
	tries := 0
	objects := func(ctx context.Context, url string) (Object, error) {
		if tries++; tries < 3 {
			return nil, rung.Errorf(rung.CodeUnavailable, "", "not now")
		}
		return objectOf(bytesOf(st.mux()))(ctx, url)
	}
	testPlanner(t, f, objects, func(t *testing.T) {
		f.put(rung.Job{ID: "j", Input: "https://a/a.ts", State: rung.JobQueued})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if j := f.job("j"); j.State != rung.JobRunning || tries != 3 {
			t.Errorf("after %d tries the job is %+v", tries, j)
		}
	})
}

// TestPlannerCanceled: a job that is canceled while its tasks are submitted keeps none of them.
func TestPlannerCanceled(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 250, start: 90000}
	f := newFakes()
	testPlanner(t, f, objectOf(bytesOf(st.mux())), func(t *testing.T) {
		f.locked(func() { f.submitErr = errors.New("away") })
		f.put(rung.Job{ID: "j", Input: "file:a.ts", State: rung.JobQueued})
		time.Sleep(time.Second)
		synctest.Wait()
		j := f.job("j")
		if j.State != rung.JobPlanning || j.Segments != 3 {
			t.Fatalf("job is %+v, want it planning with its segments known", j)
		}
		j.State = rung.JobCanceled
		f.put(j)
		time.Sleep(time.Second)
		synctest.Wait()
		if j := f.job("j"); j.State != rung.JobCanceled || !slices.Equal(f.canceled, []string{"vod.j"}) {
			t.Errorf("job is %s, canceled %v", j.State, f.canceled)
		}
	})
}

// TestPlannerElsewhere: a job whose lease another has is left to it, and taken up when the lease is free and the job still
// is not planned.
func TestPlannerElsewhere(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 100, start: 90000}
	f := newFakes()
	f.leases["job.a"], f.leases["job.b"] = &fakeLease{}, &fakeLease{}
	testPlanner(t, f, objectOf(bytesOf(st.mux())), func(t *testing.T) {
		f.put(rung.Job{ID: "a", Input: "file:a.ts", State: rung.JobQueued})
		f.put(rung.Job{ID: "b", Input: "file:b.ts", State: rung.JobQueued})
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if f.job("a").State != rung.JobQueued || len(f.raised()) != 0 {
			t.Errorf("job a is %s although another has its lease", f.job("a").State)
		}
		b := f.job("b")
		b.State = rung.JobRunning
		f.put(b)
		f.locked(func() { clear(f.leases) })
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if f.job("a").State != rung.JobRunning {
			t.Errorf("job a is %s after its lease was free", f.job("a").State)
		}
		for _, k := range f.raised() {
			if k.ID.Owner != "a" {
				t.Errorf("a task of job %s was submitted twice", k.ID.Owner)
			}
		}
	})
}

// TestTransportTooLong: time stamps that lead a transport stream's timeline past a week are refused, as an index's are.
func TestTransportTooLong(t *testing.T) {
	tp := &transportPlan{plan: &plan{job: rung.Job{Input: "/films/wild.ts"}}}
	grid := testLadder(fps25, 96).Grid
	last := grid.FrameAt(int64(maxFilm/time.Second), rung.Rational{Num: 1, Den: 1}) / 96
	for n := last - 2; n <= last; n++ {
		tp.raise(rung.Task{Ladder: rung.Ladder{Grid: grid}, Interval: grid.Segment(n)})
	}
	if len(tp.tasks) != 2 || rung.CodeOf(tp.err) != rung.CodeBadInput {
		t.Errorf("%d tasks of the last three of a week and one frame more, error %v; want 2 and %s", len(tp.tasks), tp.err, rung.CodeBadInput)
	}
}
