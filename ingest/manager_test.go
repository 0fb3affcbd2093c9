package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

// testManager runs a manager over the fakes in a bubble of its own time, and stops it when fn returns.
func testManager(t *testing.T, f *fakes, r Receivers, fn func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f.channels = make(chan func(func(string, *rung.Channel)))
		m := f.manager(r)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
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

func newsChannel() *rung.Channel {
	return &rung.Channel{ID: "news", Source: rung.Source{URL: "udp://127.0.0.1:5000"}, Profile: "hd5", Enabled: true}
}

// TestManagerCarries: a channel starts, its timeline is announced, every packet is in the window, tasks name its bytes,
// and its operator's stop ends the timeline.
func TestManagerCarries(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 400, start: 90000}
	packets := st.mux()
	f := newFakes()
	testManager(t, f, receivers(&fakeReceiver{packets: packets}), func(t *testing.T) {
		f.want("news", newsChannel())
		time.Sleep(15 * time.Second)
		synctest.Wait()
		tasks := f.raised()
		if len(tasks) != 3 {
			t.Fatalf("%d tasks after 15 s, want 3", len(tasks))
		}
		var all []byte
		for _, p := range packets {
			all = append(all, p.packets...)
		}
		for i, k := range tasks {
			if k.ID.Number != int64(i) || k.Prefix != "live/news/"+k.ID.Session || len(k.Parts) != 1 || k.Parts[0].Format != "mpegts" {
				t.Errorf("task %d: %+v", i, k)
			}
			b := f.read(k.Parts[0].Window)
			at := strings.Index(string(all), string(b))
			if at < 0 || i == 0 && at > 3*packetSize {
				t.Errorf("task %d: its %d bytes are not a piece of the source", i, len(b))
			}
			if late := k.Raised.Sub(k.Time.Add(3840 * time.Millisecond)); late > 500*time.Millisecond {
				t.Errorf("task %d was raised %v after its end", i, late)
			}
		}
		s := f.status()
		if s.State != rung.ChannelRunning || s.Session != tasks[0].ID.Session || s.Raised != 3 || s.Media == nil || !s.Source.Connected || len(s.Alarms) != 0 {
			t.Errorf("status is %+v", s)
		}
		tl := f.timelines["news"]
		if tl.Session != tasks[0].ID.Session || tl.Next != 3 || !tl.Origin.Equal(tasks[0].Time) || tl.Ended || tl.Deadline.D() < 11*time.Second {
			t.Errorf("timeline is %+v", tl)
		}
		off := newsChannel()
		off.Enabled = false
		f.want("news", off)
		synctest.Wait()
		if tl := f.timelines["news"]; !tl.Ended || f.status().State != rung.ChannelStopped {
			t.Errorf("after the stop the timeline is %+v, the state %s", tl, f.status().State)
		}
	})
	states := []string{}
	for _, e := range f.events {
		if e.Type == "channel.state" {
			states = append(states, e.Code)
		}
	}
	if want := []string{"starting", "running", "stopped"}; !slices.Equal(states, want) {
		t.Errorf("states were %v, want %v", states, want)
	}
}

// TestManagerSourceLost: the source goes away and comes back. The alarm is raised within a second or two and cleared
// with its duration, segments go on, and the session stays.
func TestManagerSourceLost(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 200, start: 90000}
	rest := make(chan []timedPackets)
	f := newFakes()
	r := &fakeReceiver{packets: st.mux()}
	testManager(t, f, receivers(r), func(t *testing.T) {
		rest = make(chan []timedPackets)
		r.rest = rest
		f.want("news", newsChannel())
		time.Sleep(11 * time.Second) // 8 s of source, and 3 without
		synctest.Wait()
		if s := f.status(); s.State != rung.ChannelWaiting || s.Error == nil || s.Error.Code != rung.CodeSourceLost || f.alarm("source_lost") == nil {
			t.Errorf("3 s after the source went: %+v", s)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		n := len(f.raised())
		if n != 5 { // 19.2 s
			t.Errorf("%d tasks after 21 s, want 5", n)
		}
		back := st
		back.start = 90000 * 500
		rest <- back.mux()
		time.Sleep(7 * time.Second)
		synctest.Wait()
		tasks := f.raised()
		if len(tasks) < 6 {
			t.Fatalf("%d tasks after 28 s, want 6 or more", len(tasks))
		}
		for i, k := range tasks {
			if k.ID.Number != int64(i) || k.ID.Session != tasks[0].ID.Session {
				t.Errorf("task %d is %v", i, k.ID)
			}
		}
		if p := tasks[5].Parts; len(p) != 1 || p[0].Video.Origin < 90000*500 {
			t.Errorf("segment 5 has parts %+v, want one with the new clock", p)
		}
		if s := f.status(); s.State != rung.ChannelRunning || f.alarm("source_lost") != nil {
			t.Errorf("after the source is back: %+v", s)
		}
	})
	i := slices.IndexFunc(f.events, func(e rung.Event) bool { return e.Type == "channel.alarm_cleared" && e.Code == "source_lost" })
	if i < 0 || f.events[i].Duration.D() < 10*time.Second {
		t.Errorf("no event says that the alarm is over: %+v", f.events)
	}
}

// TestManagerNothingArrives: before the first packet the channel waits, with an alarm.
func TestManagerNothingArrives(t *testing.T) {
	f := newFakes()
	testManager(t, f, receivers(&fakeReceiver{}), func(t *testing.T) {
		f.want("news", newsChannel())
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if s := f.status(); s.State != rung.ChannelWaiting || f.alarm("source_lost") == nil {
			t.Errorf("status is %+v", s)
		}
		f.want("news", nil)
		synctest.Wait()
		if !slices.Equal(f.canceled, []string{"live.news"}) {
			t.Errorf("canceled %v, want the deleted channel's tasks", f.canceled)
		}
	})
}

// TestManagerCause: where the receiver knows why nothing arrives, state and alarm say it.
func TestManagerCause(t *testing.T) {
	f := newFakes()
	cause := rung.Errorf(rung.CodeUnavailable, "check the path", "the server answers 404")
	testManager(t, f, receivers(&fakeReceiver{cause: cause}), func(t *testing.T) {
		f.want("news", newsChannel())
		time.Sleep(5 * time.Second)
		synctest.Wait()
		a, s := f.alarm("source_lost"), f.status()
		if a == nil || a.Message != cause.Message || a.Hint != cause.Hint || s.Error == nil || s.Error.Code != rung.CodeSourceLost || s.Error.Message != cause.Message {
			t.Errorf("alarm %+v, error %v; want the cause", a, s.Error)
		}
	})
}

// TestManagerBadInput holds what a channel becomes for each thing that may be wrong with its source or profile.
func TestManagerBadInput(t *testing.T) {
	good := testStream{rate: fps25, gop: 24, pictures: 400, start: 90000}
	noVideo, noAudio, noKeys := good, good, good
	noVideo.noVideo, noAudio.noAudio = true, true
	noKeys.gop = 1 << 20
	keyless := noKeys.mux()[5:]
	for _, c := range []struct {
		name    string
		packets []timedPackets
		change  func(f *fakes)
		open    error
		state   rung.ChannelState
		code    rung.Code // of the status' error and of an alarm; "": none
	}{
		{name: "audio only", packets: noVideo.mux(), state: rung.ChannelRunning},
		{name: "video only", packets: noAudio.mux(), state: rung.ChannelRunning},
		{name: "no random access point, codec not understood", packets: keyless, state: rung.ChannelWaiting, code: rung.CodeUnsupported},
		{name: "garbage", packets: garbage(), state: rung.ChannelWaiting, code: rung.CodeBadInput},
		{name: "unknown codec", packets: good.mux(), change: func(f *fakes) { f.media.Video[0].Width = 0 }, state: rung.ChannelWaiting, code: rung.CodeBadInput},
		{name: "encrypted", packets: good.mux(), change: func(f *fakes) { f.media.Video[0] = rung.VideoInfo{PID: testVideo, Encrypted: true} }, state: rung.ChannelWaiting, code: rung.CodeEncrypted},
		{name: "engine is missing", packets: good.mux(), change: func(f *fakes) { f.probeErr = rung.Errorf(rung.CodeEngine, "build it", "no engine") }, state: rung.ChannelWaiting, code: rung.CodeEngine},
		{name: "profile does not fit", packets: good.mux(), change: func(f *fakes) { f.resolveErr = rung.Errorf(rung.CodeInvalid, "choose another", "does not fit") }, state: rung.ChannelFailed, code: rung.CodeInvalid},
		{name: "source cannot be received", open: rung.Errorf(rung.CodeInvalid, "use udp://", "no such scheme"), state: rung.ChannelFailed, code: rung.CodeInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakes()
			if c.change != nil {
				c.change(f)
			}
			make := receivers(&fakeReceiver{packets: c.packets})
			if c.open != nil {
				make = func(rung.Source) (Receiver, error) { return nil, c.open }
			}
			testManager(t, f, make, func(t *testing.T) {
				f.want("news", newsChannel())
				time.Sleep(12 * time.Second)
				synctest.Wait()
				s := f.status()
				if s.State != c.state {
					t.Errorf("state is %s (%v), want %s", s.State, s.Error, c.state)
				}
				if c.code == "" {
					if len(f.raised()) < 2 || s.Error != nil {
						t.Errorf("%d tasks, error %v", len(f.raised()), s.Error)
					}
					return
				}
				if s.Error == nil || s.Error.Code != c.code || s.Error.Hint == "" || f.alarm(string(c.code)) == nil {
					t.Errorf("error is %+v with alarms %+v, want %s with a hint and an alarm", s.Error, s.Alarms, c.code)
				}
			})
		})
	}
}

// garbage is packets of no meaning, for 15 seconds.
func garbage() []timedPackets {
	var all []timedPackets
	for i := range 150 {
		b := make([]byte, 7*packetSize)
		for j := range b {
			b[j] = byte(j * i)
		}
		all = append(all, timedPackets{b, time.Duration(i) * 100 * time.Millisecond})
	}
	return all
}

// TestManagerFileEnds: a file's last segment is the shorter one, and its timeline ends.
func TestManagerFileEnds(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 250, start: 90000}
	f := newFakes()
	ch := newsChannel()
	ch.Source.URL = "file:a.ts"
	testManager(t, f, receivers(&fakeReceiver{packets: st.mux(), ends: true}), func(t *testing.T) {
		f.want("news", ch)
		time.Sleep(12 * time.Second)
		synctest.Wait()
		tasks := f.raised()
		if len(tasks) != 3 || !tasks[2].Last || tasks[2].Interval.End() != 250 {
			t.Errorf("%d tasks up to %+v, want 3 up to frame 250", len(tasks), tasks[len(tasks)-1].Interval)
		}
		if s, tl := f.status(), f.timelines["news"]; s.State != rung.ChannelStopped || !tl.Ended || tl.Next != 3 {
			t.Errorf("state %s, timeline %+v", s.State, tl)
		}
	})
}

// TestManagerSessions: a lost lease and a restart each make a new session, later in order, without an end of the
// timeline, and another profile too; a new name does not.
func TestManagerSessions(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 2000, start: 90000}
	f := newFakes()
	packets := st.mux()
	make := func(rung.Source) (Receiver, error) { return &fakeReceiver{packets: packets}, nil }
	testManager(t, f, make, func(t *testing.T) {
		var sessions []string
		settle := func() {
			time.Sleep(4 * time.Second)
			synctest.Wait()
			sessions = append(sessions, f.status().Session)
		}
		ch := *newsChannel()
		say := func() { c := ch; f.want("news", &c) }
		say()
		settle()
		ch.Name = "News"
		say()
		settle()
		ch.Restarts++
		say()
		settle()
		ch.Profile = "hd3"
		say()
		settle()
		f.locked(func() { close(f.leases["ingest.news"].lost) })
		settle()
		s := sessions
		if s[0] != s[1] || !(s[1] < s[2] && s[2] < s[3] && s[3] < s[4]) {
			t.Errorf("sessions are %v, want the first twice, then rising", s)
		}
		if len(f.ended) != 0 {
			t.Errorf("the timelines of %v have ended, want none", f.ended)
		}
	})
}

// TestManagerQueueAway: while the queue is away tasks wait, with an alarm, and go out in order when it is back.
func TestManagerQueueAway(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 700, start: 90000}
	f := newFakes()
	testManager(t, f, receivers(&fakeReceiver{packets: st.mux()}), func(t *testing.T) {
		f.want("news", newsChannel())
		f.locked(func() { f.submitErr = errors.New("no responders") })
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if len(f.raised()) != 0 || f.alarm("queue") == nil {
			t.Errorf("%d tasks, alarms %+v", len(f.raised()), f.status().Alarms)
		}
		f.locked(func() { f.submitErr = nil })
		time.Sleep(5 * time.Second)
		synctest.Wait()
		tasks := f.raised()
		if len(tasks) != 5 || f.alarm("queue") != nil {
			t.Errorf("%d tasks after 20 s, alarms %+v; want 5 and none", len(tasks), f.status().Alarms)
		}
		for i, k := range tasks {
			if k.ID.Number != int64(i) {
				t.Errorf("task %d is number %d", i, k.ID.Number)
			}
		}
	})
}

// TestManagerWindowAway: what the source window does not take is dropped, counted and an alarm; segments go on.
func TestManagerWindowAway(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 400, start: 90000}
	f := newFakes()
	testManager(t, f, receivers(&fakeReceiver{packets: st.mux()}), func(t *testing.T) {
		f.locked(func() { f.windowErr = rung.Errorf(rung.CodeUnavailable, "check it", "the window is away") })
		f.want("news", newsChannel())
		time.Sleep(9 * time.Second)
		synctest.Wait()
		tasks := f.raised()
		if a := f.alarm("dropped"); len(tasks) != 2 || len(tasks[0].Parts) != 0 || a == nil || f.status().Source.Dropped == 0 {
			t.Errorf("%d tasks, alarm %+v, status %+v", len(tasks), a, f.status())
		}
	})
}
