package ingest

import (
	"bytes"
	"testing"
	"time"
)

// roused reports whether a wake-up waits, and takes it.
func (w wakeup) roused() bool {
	select {
	case <-w:
		return true
	default:
		return false
	}
}

// numbered is packets that each differ from all others'.
func numbered(from, n int) []byte {
	b := make([]byte, n*packetSize)
	for i := range n {
		p := b[i*packetSize:]
		p[0], p[4], p[5], p[6] = 0x47, byte(from+i), byte((from+i)>>8), byte((from+i)>>16)
	}
	return b
}

// What is put comes out in order, whole and once, with its own times, however much waits and however often it is taken;
// what has been taken stays as it is until the next time.
func TestBlockQueueGivesWhatWasPut(t *testing.T) {
	q := newBlockQueue(newWakeup())
	now, put, taken := time.Now(), 0, 0
	var held, copied []block
	for round := range 200 {
		for k := range round%7 + 1 {
			n := 1 + (round*13+k*57)%150 // up to 28 KB, so that some rounds take more than a slab
			now = now.Add(time.Duration(k) * 2 * time.Millisecond)
			q.put(numbered(put, n), now)
			put += n
		}
		for i, b := range held {
			if !bytes.Equal(b.packets, copied[i].packets) {
				t.Fatalf("round %d: block %d that was taken has changed", round, i)
			}
		}
		if round%3 == 0 {
			continue
		}
		blocks, ended := q.take()
		held, copied = blocks, nil
		for _, b := range blocks {
			n := len(b.packets) / packetSize
			if !bytes.Equal(b.packets, numbered(taken, n)) {
				t.Fatalf("round %d: packets from %d on are others", round, taken)
			}
			taken += n
			copied = append(copied, block{packets: bytes.Clone(b.packets)})
		}
		if taken != put || ended || !q.empty() {
			t.Fatalf("round %d: %d packets of %d were taken, ended %t", round, taken, put, ended)
		}
	}
	q.close()
	if blocks, ended := q.take(); len(blocks) > 0 || !ended {
		t.Errorf("%d blocks after the last, ended %t", len(blocks), ended)
	}
}

func TestBlockQueueKeepsTimesApart(t *testing.T) {
	q, begun := newBlockQueue(newWakeup()), time.Now()
	for _, ms := range []int{0, 1, 4, 5, 9, 30} {
		q.put(numbered(0, 1), begun.Add(time.Duration(ms)*time.Millisecond))
	}
	blocks, _ := q.take()
	var at, packets []int
	for _, b := range blocks {
		at, packets = append(at, int(b.arrived.Sub(begun).Milliseconds())), append(packets, len(b.packets)/packetSize)
	}
	if len(at) != 3 || at[0] != 0 || at[1] != 5 || at[2] != 30 || packets[0] != 3 || packets[1] != 2 || packets[2] != 1 {
		t.Errorf("blocks are at %v ms, of %v packets", at, packets)
	}
}

// While it rests it rouses nobody, but where much comes, where its time is over, and at its end.
func TestBlockQueueRests(t *testing.T) {
	w := newWakeup()
	q, now := newBlockQueue(w), time.Now()
	if q.put(numbered(0, 1), now); !w.roused() {
		t.Error("it did not rouse before it was to rest")
	}
	q.rest(now.Add(time.Second))
	if q.put(numbered(0, 1), now.Add(time.Second-1)); w.roused() {
		t.Error("it roused while it rested")
	}
	if q.put(numbered(0, 1), now.Add(time.Second)); !w.roused() {
		t.Error("it did not rouse when its rest was over")
	}
	q.take()
	q.rest(now.Add(time.Hour))
	for n := 0; n*packetSize < slabBytes; n++ {
		if w.roused() {
			t.Fatalf("it roused for %d packets", n)
		}
		q.put(numbered(n, 1), now)
	}
	if !w.roused() {
		t.Error("it did not rouse for much")
	}
	if q.close(); !w.roused() {
		t.Error("it did not rouse at its end")
	}
}

// What does not fit is counted, and does not take the place of what waits.
func TestBlockQueueIsBounded(t *testing.T) {
	q := newBlockQueue(newWakeup())
	packets := numbered(0, 1000)
	for range queueBytes/len(packets) + 3 {
		q.put(packets, time.Now())
	}
	size := 0
	blocks, _ := q.take()
	for _, b := range blocks {
		size += len(b.packets)
	}
	if size > queueBytes || q.lost() != 3000 {
		t.Errorf("%d bytes waited, %d packets were dropped", size, q.lost())
	}
	if q.put(packets, time.Now()); q.empty() {
		t.Error("it takes nothing after it has been emptied")
	}
}

// BenchmarkBlockQueue is a source's way through the queue, ten datagrams at a time:
//
//	go test -run '^$' -bench BlockQueue ./ingest
//
// AMD EPYC (Zen 5), beside other work: 341 ns, 0 allocations for ten datagrams of 7 packets.
func BenchmarkBlockQueue(b *testing.B) {
	q, datagram, now := newBlockQueue(newWakeup()), numbered(0, 7), time.Now()
	b.ReportAllocs()
	b.SetBytes(int64(10 * len(datagram)))
	for b.Loop() {
		for range 10 {
			now = now.Add(2 * time.Millisecond)
			q.put(datagram, now)
		}
		q.take()
	}
}
