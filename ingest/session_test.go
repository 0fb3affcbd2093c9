package ingest

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// TestSessionBlocks: however the packets are cut into blocks, the tasks are the same ones, in all that encoding depends
// on, and their bytes are.
func TestSessionBlocks(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 300, start: 1<<33 - 300000, perPES: 3}
	var all []byte
	for _, p := range st.mux() {
		all = append(all, p.packets...)
	}
	type content struct {
		task  rung.Task
		bytes []byte
	}
	var want []content
	for _, size := range []int{7, 1, 19, 350, 5000} {
		f := newFakes()
		f.holdAcks = true
		var got []content
		s := testSession(t, f, all, func(k rung.Task) {
			c := content{task: k, bytes: f.read(k.Parts[0].Window)}
			c.task.Parts[0].Window, c.task.Raised, c.task.Deadline = nil, time.Time{}, time.Time{}
			got = append(got, c)
		})
		now := begin
		for b := all; len(b) > 0; {
			n := min(size*packetSize, len(b))
			s.block(b[:n], now)
			b = b[n:]
			for _, ack := range f.held {
				ack()
			}
			f.held = nil
			if err := s.settle(now); err != nil {
				t.Fatal(err)
			}
		}
		s.finish(now)
		for _, ack := range f.held {
			ack()
		}
		if err := s.settle(now); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
			continue
		}
		if len(got) != len(want) || len(got) != 4 {
			t.Fatalf("blocks of %d packets: %d tasks, want %d and 4", size, len(got), len(want))
		}
		for i := range got {
			if !reflect.DeepEqual(got[i].task, want[i].task) {
				t.Errorf("blocks of %d packets: task %d is\n%+v, want\n%+v", size, i, got[i].task, want[i].task)
			}
			if !bytes.Equal(got[i].bytes, want[i].bytes) {
				t.Errorf("blocks of %d packets: task %d has %d other bytes than %d", size, i, len(got[i].bytes), len(want[i].bytes))
			}
		}
	}
}

// testSession is one over the fakes' window for a stream's packets.
func testSession(t *testing.T, f *fakes, packets []byte, raise func(rung.Task)) *session {
	t.Helper()
	u := newStartup(mpegts.AnalyserOptions{})
	u.add(block{packets: packets, arrived: begin})
	if u.tables == nil || !u.begun {
		t.Fatal("the stream has no tables or no random access point")
	}
	source, err := selectStreams(*u.tables, f.media)
	if err != nil {
		t.Fatal(err)
	}
	source.settle(f.ladder)
	s := &session{id: "s1", ladder: f.ladder, source: source, chunker: newChunker(fakeWindow{f}, "c", "SRC_c", newWakeup()),
		analyser: mpegts.NewAnalyser(u.options)}
	s.segmenter = newSegmenter(segmenterOptions{id: rung.SegmentID{Kind: rung.Live, Owner: "c", Session: "s1"}, ladder: f.ladder,
		format: "mpegts", layout: source.layout, psi: u.tables.PSI, transport: true, origin: begin, locator: s.chunker.chunks, raise: raise})
	return s
}

// TestChunksLost: a chunk that the window has lost is missing in the task's bytes, and no more than it.
func TestChunksLost(t *testing.T) {
	m := &chunkMap{stream: "S"}
	for i, k := range []chunk{
		{state: chunkKept, sequence: 7}, {state: chunkKept, sequence: 8}, {state: chunkLost}, {state: chunkKept, sequence: 9},
		{state: chunkKept, sequence: 12}, {state: chunkSent},
	} {
		k.start, k.length = int64(i)*1000, 1000
		m.add(&k)
	}
	window := func(first, last uint64, skip, length int64) rung.WindowRange {
		return rung.WindowRange{Stream: "S", First: first, Last: last, Skip: skip, Length: length}
	}
	for _, c := range []struct {
		name     string
		from, to int64
		want     []rung.WindowRange
		ready    bool
	}{
		{"within a chunk", 100, 300, []rung.WindowRange{window(7, 7, 100, 200)}, true},
		{"over two", 900, 1100, []rung.WindowRange{window(7, 8, 900, 200)}, true},
		{"over a lost one", 1500, 3500, []rung.WindowRange{window(8, 9, 500, 1000)}, true},
		{"in a lost one", 2100, 2900, nil, true},
		{"behind another writer's", 3900, 4100, []rung.WindowRange{window(9, 9, 900, 100), window(12, 12, 0, 100)}, true},
		{"not acknowledged", 4500, 5001, nil, false},
		{"not there yet", 5500, 6500, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts, ready := m.locate(rung.Part{}, c.from, c.to)
			var got []rung.WindowRange
			for _, p := range parts {
				got = append(got, *p.Window)
			}
			if ready != c.ready || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, %v; want %+v, %v", got, ready, c.want, c.ready)
			}
		})
	}
	if m.forget(2500); m.chunks[0].start != 2000 {
		t.Errorf("the first chunk kept begins at %d, want 2000", m.chunks[0].start)
	}
}

// TestChunkerDrops: beyond the bound of bytes in flight packets are dropped and counted.
func TestChunkerDrops(t *testing.T) {
	f := newFakes()
	f.holdAcks = true
	c := newChunker(fakeWindow{f}, "c", "SRC_c", newWakeup())
	packets := make([]byte, chunkBytes)
	for range chunkFlight/chunkBytes + 3 {
		c.write(packets, begin)
	}
	if want := int64(3 * chunkBytes / packetSize); c.dropped < want-chunkBytes/packetSize || c.dropped > want {
		t.Errorf("%d packets dropped, want %d or a chunk less", c.dropped, want)
	}
	for _, ack := range f.held {
		ack()
	}
	if err := c.settle(); err != nil || c.flight != 0 {
		t.Errorf("%d bytes in flight after all is acknowledged (%v), want 0", c.flight, err)
	}
}

func TestSessionID(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := sessionID(at, "")
	b := sessionID(at.Add(time.Millisecond), a)
	c := sessionID(at.Add(-time.Hour), b)
	if !(a < b && b < c) || len(a) != 10 {
		t.Errorf("sessions %s, %s, %s do not rise", a, b, c)
	}
	if err := rung.ValidID("session", c); err != nil {
		t.Error(err)
	}
}
