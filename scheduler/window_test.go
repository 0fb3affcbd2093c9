package scheduler

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"rung"
)

// ack is what a chunk's function was told.
type ack struct {
	seq uint64
	err error
}

// appendAll appends chunks and waits for all their acknowledgements.
func appendAll(t testing.TB, s *System, channel string, chunks ...[]byte) []ack {
	t.Helper()
	acks := make(chan ack, len(chunks))
	for _, c := range chunks {
		if err := s.Window().Append(channel, c, func(seq uint64, err error) { acks <- ack{seq, err} }); err != nil {
			t.Fatal(err)
		}
	}
	all := make([]ack, 0, len(chunks))
	for range chunks {
		select {
		case a := <-acks:
			all = append(all, a)
		case <-time.After(testTimeout):
			t.Fatalf("%d of %d chunks were acknowledged", len(all), len(chunks))
		}
	}
	return all
}

func openWindow(t testing.TB, s *System, channel string) string {
	t.Helper()
	stream, err := s.Window().Open(testContext(t), channel)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// packets makes chunks of whole packets, each packet unlike any other.
func packets(n, size int) [][]byte {
	r := rand.NewChaCha8([32]byte{1})
	chunks := make([][]byte, n)
	for i := range chunks {
		chunks[i] = make([]byte, size/188*188)
		r.Read(chunks[i])
	}
	return chunks
}

func TestWindowReadsExactly(t *testing.T) {
	s := open(t, quick())
	stream := openWindow(t, s, "news")
	chunks := packets(120, 256<<10) // more than one request brings
	acks := appendAll(t, s, "news", chunks...)
	for i, a := range acks {
		if a.err != nil || a.seq != acks[0].seq+uint64(i) {
			t.Fatalf("chunk %d is %+v, want sequence %d", i, a, acks[0].seq+uint64(i))
		}
	}
	all := bytes.Join(chunks, nil)
	size := int64(len(chunks[0]))
	for _, c := range []struct {
		name         string
		first, last  int
		skip, length int64
	}{
		{"one", 3, 3, 0, size},
		{"inside one", 3, 3, 188, 376},
		{"two", 3, 4, 188, size},
		{"end in the last", 0, 2, 188 * 5, size + 188},
		{"all", 0, 119, 0, 120 * size},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rung.WindowRange{Stream: stream, First: acks[c.first].seq, Last: acks[c.last].seq, Skip: c.skip, Length: c.length}
			got, err := s.Window().Read(testContext(t), r)
			if err != nil {
				t.Fatal(err)
			}
			from := int64(c.first)*size + c.skip
			if !bytes.Equal(got, all[from:from+c.length]) {
				t.Errorf("read %d bytes that are not bytes %d to %d of what was appended", len(got), from, from+c.length)
			}
		})
	}
	whole := rung.WindowRange{Stream: stream, First: acks[0].seq, Last: acks[1].seq, Length: 2 * size}
	for name, c := range map[string]struct {
		change func(*rung.WindowRange)
		want   rung.Code
	}{
		"too long":        {func(r *rung.WindowRange) { r.Length++ }, rung.CodeInvalid},
		"skipped too far": {func(r *rung.WindowRange) { r.Skip++ }, rung.CodeInvalid},
		"backwards":       {func(r *rung.WindowRange) { r.Last = r.First - 1 }, rung.CodeInvalid},
		"absurd":          {func(r *rung.WindowRange) { r.Length = 1 << 60 }, rung.CodeInvalid},
		"not there yet":   {func(r *rung.WindowRange) { r.Last += 1000 }, rung.CodeNotFound},
		"no such stream":  {func(r *rung.WindowRange) { r.Stream = "SRC_other" }, rung.CodeNotFound},
		"another's":       {func(r *rung.WindowRange) { r.Stream = "SRC_news.w0" }, rung.CodeNotFound},
	} {
		r := whole
		c.change(&r)
		if _, err := s.Window().Read(testContext(t), r); rung.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestWindowExpires(t *testing.T) {
	s := open(t, Options{WindowAge: 300 * time.Millisecond})
	stream := openWindow(t, s, "news")
	chunk := packets(1, 1880)[0]
	a := appendAll(t, s, "news", chunk)[0]
	r := rung.WindowRange{Stream: stream, First: a.seq, Last: a.seq, Length: 1880}
	ctx := testContext(t)
	for {
		_, err := s.Window().Read(ctx, r)
		if rung.CodeOf(err) == rung.CodeNotFound {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if next := appendAll(t, s, "news", chunk)[0]; next.err != nil || next.seq != a.seq+1 {
		t.Errorf("a chunk into a window that is empty again is %+v, want sequence %d", next, a.seq+1)
	}
}

func TestWindowIsBoundedInBytes(t *testing.T) {
	s := open(t, Options{WindowBytes: 1 << 20})
	stream := openWindow(t, s, "news")
	chunks := packets(10, 256<<10)
	acks := appendAll(t, s, "news", chunks...)
	size := int64(len(chunks[0]))
	if _, err := s.Window().Read(testContext(t), rung.WindowRange{Stream: stream, First: acks[0].seq, Last: acks[0].seq, Length: size}); rung.CodeOf(err) != rung.CodeNotFound {
		t.Errorf("the first of ten chunks, where three fit: %v, want not found", err)
	}
	got, err := s.Window().Read(testContext(t), rung.WindowRange{Stream: stream, First: acks[8].seq, Last: acks[9].seq, Length: 2 * size})
	if err != nil || !bytes.Equal(got, slices.Concat(chunks[8], chunks[9])) {
		t.Errorf("the last two of ten chunks: %d bytes, %v", len(got), err)
	}
}

// TestWindowOverRestart appends while NATS goes and comes: all chunks are there, once, in order.
func TestWindowOverRestart(t *testing.T) {
	n := startNATS(t)
	s := open(t, Options{URL: n.url()})
	stream := openWindow(t, s, "news")
	chunks := packets(60, 64<<10)
	acks := make(chan ack, len(chunks))
	half := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i, c := range chunks {
			if err := s.Window().Append("news", c, func(seq uint64, err error) { acks <- ack{seq, err} }); err != nil {
				t.Error(err)
			}
			if i == len(chunks)/2 {
				close(half)
			}
		}
	})
	<-half
	n.stop()
	wg.Wait()
	n.start()
	var seqs []uint64
	for range chunks {
		a := <-acks
		if a.err != nil {
			t.Fatal(a.err)
		}
		seqs = append(seqs, a.seq)
	}
	for i, seq := range seqs {
		if seq != seqs[0]+uint64(i) {
			t.Fatalf("chunk %d has sequence %d, want %d", i, seq, seqs[0]+uint64(i))
		}
	}
	all := bytes.Join(chunks, nil)
	got, err := s.Window().Read(testContext(t), rung.WindowRange{Stream: stream, First: seqs[0], Last: seqs[len(seqs)-1], Length: int64(len(all))})
	if err != nil || !bytes.Equal(got, all) {
		t.Errorf("read %d bytes, %v, want the %d that were appended", len(got), err, len(all))
	}
}

// TestWindowLosesItsTail has the stream lose what was acknowledged, as when its machine loses power.
func TestWindowLosesItsTail(t *testing.T) {
	s := open(t, quick())
	stream := openWindow(t, s, "news")
	chunks := packets(4, 1880)
	acks := appendAll(t, s, "news", chunks[:3]...)
	st, err := s.js.Stream(testContext(t), "SRC_news")
	if err != nil {
		t.Fatal(err)
	}
	if err := st.DeleteMsg(testContext(t), acks[2].seq); err != nil {
		t.Fatal(err)
	}
	a := appendAll(t, s, "news", chunks[3])[0]
	if a.err != nil {
		t.Fatal(a.err)
	}
	r := rung.WindowRange{Stream: stream, First: acks[0].seq, Last: a.seq, Length: int64(3 * len(chunks[0]))}
	if _, err := s.Window().Read(testContext(t), r); rung.CodeOf(err) != rung.CodeNotFound {
		t.Errorf("read over a hole: %v, want not found", err)
	}
}

// TestWindowHasOneWriter fences an ingest that lost its channel and does not know it.
func TestWindowHasOneWriter(t *testing.T) {
	n := startNATS(t)
	a, b := open(t, Options{URL: n.url()}), open(t, Options{URL: n.url()})
	chunks := packets(3, 1880)
	oldStream := openWindow(t, a, "news")
	first := appendAll(t, a, "news", chunks[0])[0]
	openWindow(t, b, "news")
	second := appendAll(t, b, "news", chunks[1])[0]
	if first.err != nil || second.err != nil {
		t.Fatal(first.err, second.err)
	}
	if stale := appendAll(t, a, "news", chunks[2])[0]; rung.CodeOf(stale.err) != rung.CodeConflict {
		t.Errorf("a chunk of the writer before: %+v, want conflict", stale)
	}
	if err := a.Window().Append("news", chunks[2], nil); rung.CodeOf(err) != rung.CodeConflict {
		t.Errorf("append by the writer before: %v, want conflict", err)
	}
	r := rung.WindowRange{Stream: oldStream, First: first.seq, Last: second.seq, Length: 2 * 1880}
	if _, err := b.Window().Read(testContext(t), r); rung.CodeOf(err) != rung.CodeNotFound {
		t.Errorf("a range of two writers' chunks: %v, want not found", err)
	}
	openWindow(t, a, "news")
	if again := appendAll(t, a, "news", chunks[2])[0]; again.err != nil {
		t.Errorf("a chunk after opening anew: %v", again.err)
	}
}

func TestWindowIsBoundedInFlight(t *testing.T) {
	n := startNATS(t)
	s := open(t, Options{URL: n.url(), WindowInFlight: 4 << 10})
	openWindow(t, s, "news")
	n.stop()
	acks := make(chan ack, 3)
	var err error
	accepted := 0
	for ; accepted < 3 && err == nil; accepted++ {
		err = s.Window().Append("news", make([]byte, 1880), func(seq uint64, err error) { acks <- ack{seq, err} })
	}
	if accepted != 3 || rung.CodeOf(err) != rung.CodeUnavailable {
		t.Errorf("append %d of 1880 bytes, where 4096 may be in flight: %v, want the third unavailable", accepted, err)
	}
	s.Close()
	for range 2 {
		if a := <-acks; rung.CodeOf(a.err) != rung.CodeUnavailable {
			t.Errorf("what was in flight at Close: %+v, want unavailable", a)
		}
	}
}

func TestWindowDelete(t *testing.T) {
	s := open(t, quick())
	openWindow(t, s, "news")
	appendAll(t, s, "news", make([]byte, 1880))
	for range 2 {
		if err := s.Window().Delete(testContext(t), "news"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Window().Append("news", nil, nil); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("append to a deleted window: %v, want invalid", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Window().Open(ctx, "news"); rung.CodeOf(err) != rung.CodeCanceled {
		t.Errorf("open with an ended context: %v, want canceled", err)
	}
}
