package scheduler

import (
	"testing"

	"rung"
)

// BenchmarkTask submits, takes and ends one task after another, each step on disk (an fsync each) before the next.
//
//	go test -run xxx -bench Task ./scheduler
//	AMD EPYC, 2 cores: 1.73 ms/op, 30.6 kB/op, 344 allocs/op
func BenchmarkTask(b *testing.B) {
	s := open(b, Options{})
	n := int64(0)
	for b.Loop() {
		submit(b, s, task(rung.Live, "news", n))
		if err := take(b, s).Done(testContext(b), rung.Result{Outcome: rung.Done}); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// BenchmarkWindowAppend stores 16 chunks of 256 KiB, 4 MiB in all, in the server inside the process.
//
//	go test -run xxx -bench Window ./scheduler
//	AMD EPYC, 2 cores: 5.6 ms/op, 748 MB/s
func BenchmarkWindowAppend(b *testing.B) {
	s := open(b, Options{WindowBytes: 64 << 20})
	openWindow(b, s, "news")
	chunks := packets(16, 256<<10)
	b.SetBytes(16 * int64(len(chunks[0])))
	for b.Loop() {
		appendAll(b, s, "news", chunks...)
	}
}

// BenchmarkWindowRead reads 16 chunks of 256 KiB, what a segment of 3.84 s at 8.7 Mbit/s takes.
//
//	go test -run xxx -bench Window ./scheduler
//	AMD EPYC, 2 cores: 4.4 ms/op, 946 MB/s
func BenchmarkWindowRead(b *testing.B) {
	s := open(b, Options{})
	stream := openWindow(b, s, "news")
	chunks := packets(16, 256<<10)
	acks := appendAll(b, s, "news", chunks...)
	r := rung.WindowRange{Stream: stream, First: acks[0].seq, Last: acks[15].seq, Length: 16 * int64(len(chunks[0]))}
	b.SetBytes(r.Length)
	for b.Loop() {
		if _, err := s.Window().Read(testContext(b), r); err != nil {
			b.Fatal(err)
		}
	}
}
