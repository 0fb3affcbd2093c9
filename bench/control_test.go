package bench

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"rung"
	"rung/internal/mpegts"
	"rung/transcode/protocol"
)

// counted counts what an analyser finds.
type counted struct {
	tables                mpegts.Tables
	pictures, keys, sound int
	faults                int
}

func (c *counted) Tables(t mpegts.Tables) { c.tables = t }
func (c *counted) Picture(p mpegts.Picture) {
	c.pictures++
	if p.RandomAccess {
		c.keys++
	}
}
func (c *counted) Sound(s mpegts.Sound)                 { c.sound += s.Frames }
func (c *counted) Discontinuity(d mpegts.Discontinuity) { c.faults++ }

// The control stream is one that ingest finds nothing wrong with, and that has what its probe says.
func TestControlStreamIsSound(t *testing.T) {
	a := mpegts.NewAnalyser(mpegts.AnalyserOptions{})
	var c counted
	var size int
	for _, unit := range newControlStream(10 * time.Second) {
		a.Analyse(unit, &c)
		size += len(unit)
	}
	if c.pictures < 248 || c.keys != 5 || c.sound < 410 || c.faults > 0 {
		t.Errorf("%d pictures, %d to begin with, %d audio frames, %d breaks", c.pictures, c.keys, c.sound, c.faults)
	}
	m := ControlMedia()
	if c.tables.Video == nil || c.tables.Video.PID != m.Video[0].PID || len(c.tables.Audio) != 1 || c.tables.Audio[0].PID != m.Audio[0].PID {
		t.Errorf("tables are %+v", c.tables)
	}
	if f := a.Figures(); f.PATMissing+f.PMTMissing+f.PCRMissing+f.ContinuityErrors > 0 {
		t.Errorf("its figures are %+v", f)
	}
	if rate := size * 8 / 10; rate > 150_000 {
		t.Errorf("it has %d bit/s", rate)
	}
}

func TestControlFeedPacesEachReceiverFromItsBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		f := NewControlFeed(time.Minute)
		go func() { _ = f.Run(ctx) }()
		got := [2]int{}
		for i := range got {
			r := f.Receiver()
			go func() { _ = r.Run(ctx, func(packets []byte, _ time.Time) { got[i] += len(packets) }) }()
			time.Sleep(time.Second)
		}
		stop()
		synctest.Wait()
		for i, seconds := range []int{2, 1} {
			want := 0
			for _, unit := range f.stream[:25*seconds] {
				want += len(unit)
			}
			if got[i] < want || got[i] > want+len(f.stream[25*seconds]) {
				t.Errorf("receiver %d got %d bytes in %d s, not %d", i, got[i], seconds, want)
			}
		}
	})
}

func TestControlRecorderTimesWhatEveryPlaylistHas(t *testing.T) {
	r, begun := NewControlRecorder(), time.Now()
	id := rung.SegmentID{Kind: rung.Live, Owner: "c", Session: "s1", Number: 0}
	ladder := rung.Ladder{Video: []rung.VideoRendition{{ID: "360p"}}, Audio: []rung.AudioRendition{{ID: "audio"}}}
	for id.Number = 0; id.Number < 3; id.Number++ {
		r.Raised(rung.Task{ID: id, Ladder: ladder, Arrived: begun, Raised: begun})
	}
	list := func(rendition, text string, after time.Duration) {
		r.Stored("live/c/"+rendition+".m3u8", []byte(text), begun.Add(after))
	}
	list("360p", "s1/360p/00000.m4s\n", time.Second)
	list("audio", "s1/audio/00000.m4s\n", 2*time.Second)
	list("audio", "s1/audio/00000.m4s\n", 3*time.Second)                            // listed before
	list("360p", "s1/360p/00000.m4s\n#EXT-X-GAP\ns1/360p/00001.m4s\n", time.Second) // and the next as a gap
	list("audio", "s1/audio/00000.m4s\n#EXT-X-GAP\ns1/audio/00001.m4s\n", time.Second)
	all := r.between(begun, begun.Add(time.Second))
	if len(all) != 1 || all[0].listed.Sub(begun) != 2*time.Second {
		t.Errorf("listed are %+v", all)
	}
	id.Session, id.Number = "s2", 0 // a new session counts from 0 again
	r.Raised(rung.Task{ID: id, Ladder: ladder, Arrived: begun, Raised: begun})
	list("360p", "s1/360p/00000.m4s\n#EXT-X-GAP\ns1/360p/00001.m4s\ns2/360p/00000.m4s\n", time.Second)
	list("audio", "s2/audio/00000.m4s\n", time.Second)
	if n := len(r.between(begun, begun.Add(time.Second))); n != 2 || r.begun() != 2 {
		t.Errorf("%d segments of %d sessions", n, r.begun())
	}
	if r.missed() != 1 || r.waiting(begun, begun.Add(1)) != 1 || r.onAir(2) != 1 || r.onAir(3) != 0 {
		t.Errorf("%d gaps, %d wait, %d have two", r.missed(), r.waiting(begun, begun.Add(1)), r.onAir(2))
	}
}

func TestControlStoreKeepsNames(t *testing.T) {
	s, ctx := NewControlStore(), t.Context()
	for _, o := range []rung.ObjectInfo{{Key: "live/a/s/2", Size: 7}, {Key: "live/a/s/1", Size: 120}, {Key: "live/a/s/10", Size: 8}, {Key: "live/ab/s/1", Size: 3}, {Key: "live/a/s/1", Size: 9}} {
		if err := s.Put(ctx, o.Key, make([]byte, o.Size), rung.ObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Delete(ctx, "live/a/s/2", "live/none/x"); err != nil {
		t.Fatal(err)
	}
	var objects []rung.ObjectInfo
	want := []rung.ObjectInfo{{Key: "live/a/s/1", Size: 9}, {Key: "live/a/s/10", Size: 8}}
	if err := s.List(ctx, "live/a/", func(o rung.ObjectInfo) error { objects = append(objects, o); return nil }); err != nil || !slices.Equal(objects, want) {
		t.Errorf("it lists %v, error %v", objects, err)
	}
	if o, err := s.Stat(ctx, "live/ab/s/1"); err != nil || o.Size != 3 {
		t.Errorf("it says %+v, error %v", o, err)
	}
	if _, err := s.Stat(ctx, "live/a/s/2"); rung.CodeOf(err) != rung.CodeNotFound {
		t.Errorf("a deleted object: %v", err)
	}
}

// The instant engine gives each rendition its objects, refuses what it cannot do, and ends with its parent.
func TestInstantEngine(t *testing.T) {
	childIn, toChild := io.Pipe()
	fromChild, childOut := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- InstantEngine(childIn, childOut) }()
	conn := protocol.NewConn(fromChild, toChild)
	if kind, _, err := conn.Read(); err != nil || kind != protocol.MsgReady {
		t.Fatalf("it begins with message %d, error %v", kind, err)
	}
	task := rung.Task{Ladder: rung.Ladder{Video: []rung.VideoRendition{{ID: "360p"}}, Audio: []rung.AudioRendition{{ID: "audio"}}}}
	if err := conn.WriteJSON(protocol.MsgRequest, protocol.Request{Op: protocol.OpEncode, Task: &task}); err != nil {
		t.Fatal(err)
	}
	outputs := map[string]int{}
	for {
		kind, payload, err := conn.Read()
		if err != nil {
			t.Fatal(err)
		}
		if kind == protocol.MsgDone {
			var reply protocol.EncodeReply
			if err := json.Unmarshal(payload, &reply); err != nil || len(reply.Tracks) != 2 {
				t.Errorf("the reply is %s", payload)
			}
			break
		}
		name, data, err := protocol.ParseOutput(payload)
		if err != nil {
			t.Fatal(err)
		}
		outputs[name] += len(data)
	}
	if len(outputs) != 4 || outputs["360p/media"] != instantBytes || outputs["audio/init"] == 0 {
		t.Errorf("outputs are %v", outputs)
	}
	if err := conn.WriteJSON(protocol.MsgRequest, protocol.Request{Op: protocol.OpProbe}); err != nil {
		t.Fatal(err)
	}
	if kind, _, err := conn.Read(); err != nil || kind != protocol.MsgFailed {
		t.Errorf("a probe is answered by message %d, error %v", kind, err)
	}
	toChild.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
