package receive

import (
	"slices"
	"testing"
	"time"
)

// arrivals is a sequence of packets, each a millisecond after the one before; -1 is a pause of a second.
func order(latency time.Duration, seqs ...int) (given []int, o *rtpOrder) {
	o = &rtpOrder{latency: latency, out: func(b []byte, _ time.Time) { given = append(given, int(b[0])<<8|int(b[1])) }}
	now := time.Unix(1000, 0)
	for _, s := range seqs {
		if s < 0 {
			now = now.Add(time.Second)
		} else {
			o.push(1, uint16(s), []byte{byte(s >> 8), byte(s)}, now)
		}
		now = now.Add(time.Millisecond)
		o.due(now)
	}
	return given, o
}

func TestRTPOrder(t *testing.T) {
	for name, c := range map[string]struct {
		in, want                    []int
		lost, reordered, duplicates int64
	}{
		"in order":          {[]int{5, 6, 7}, []int{5, 6, 7}, 0, 0, 0},
		"wrap":              {[]int{65534, 65535, 0, 1}, []int{65534, 65535, 0, 1}, 0, 0, 0},
		"swapped":           {[]int{5, 7, 6, 8}, []int{5, 6, 7, 8}, 0, 1, 0},
		"swapped at wrap":   {[]int{65535, 1, 0, 2}, []int{65535, 0, 1, 2}, 0, 1, 0},
		"lost":              {[]int{5, 7, 8, -1, 9}, []int{5, 7, 8, 9}, 1, 0, 0},
		"lost waits":        {[]int{5, 7, 8}, []int{5}, 0, 0, 0},
		"too late":          {[]int{5, 7, -1, 6, 8}, []int{5, 7, 8}, 1, 1, 0},
		"duplicate":         {[]int{5, 5, 6, 5}, []int{5, 6}, 0, 0, 2},
		"duplicate waiting": {[]int{5, 7, 7, 6}, []int{5, 6, 7}, 0, 1, 1},
		"stray number":      {[]int{5, 30000, 6}, []int{5, 6}, 0, 0, 0},
		"new start":         {[]int{5, 30000, 30001, 30002}, []int{5, 30001, 30002}, 0, 0, 0},
		"long gap":          {[]int{5, 306}, []int{5}, 45, 0, 0},
		"two gaps":          {[]int{1, 3, 5, -1, 6}, []int{1, 3, 5, 6}, 2, 0, 0},
	} {
		given, o := order(100*time.Millisecond, c.in...)
		if !slices.Equal(given, c.want) || o.lost != c.lost || o.reordered != c.reordered || o.duplicates != c.duplicates {
			t.Errorf("%s: %v, %d lost, %d reordered, %d duplicates; want %v, %d, %d, %d", name, given,
				o.lost, o.reordered, o.duplicates, c.want, c.lost, c.reordered, c.duplicates)
		}
	}
}

func TestRTPOrderNewSource(t *testing.T) {
	var given []byte
	o := &rtpOrder{latency: time.Second, out: func(b []byte, _ time.Time) { given = append(given, b...) }}
	now := time.Unix(1000, 0)
	o.push(1, 10, []byte{1}, now)
	o.push(1, 12, []byte{3}, now)
	o.push(2, 900, []byte{4}, now) // what waits goes out first
	if !slices.Equal(given, []byte{1, 3, 4}) || o.lost != 1 {
		t.Errorf("given %v, %d lost", given, o.lost)
	}
	if wait := o.due(now); wait != 0 {
		t.Errorf("waits %v for nothing", wait)
	}
}

// FuzzRTPOrder holds that packets come out in rising order within a stream, none twice, and that all are accounted for. A
// stream begins anew where two packets in a row are far from the others.
func FuzzRTPOrder(f *testing.F) {
	f.Add([]byte{1, 2, 4, 3, 5})
	f.Add([]byte{1, 255, 2, 254, 3, 0, 0, 0})
	f.Fuzz(func(t *testing.T, steps []byte) {
		last, given := -1, int64(0)
		o := &rtpOrder{latency: 10 * time.Millisecond, out: func(b []byte, _ time.Time) {
			n := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
			if n <= last && last-n < rtpDropout-rtpWindow {
				t.Fatalf("%d after %d", n, last)
			}
			last = n
			given++
		}}
		now, seq, pushed := time.Unix(1000, 0), 1000, int64(0)
		for _, s := range steps {
			seq = max(0, seq+int(int8(s)))
			o.push(1, uint16(seq), []byte{byte(seq >> 16), byte(seq >> 8), byte(seq)}, now)
			pushed++
			now = now.Add(time.Millisecond)
			if wait := o.due(now); wait < 0 || wait > o.latency || (wait == 0) != (o.waiting == 0) {
				t.Fatalf("waits %v with %d waiting", wait, o.waiting)
			}
		}
		o.flush()
		if o.waiting != 0 || given > pushed || o.lost < 0 || o.reordered < 0 || o.duplicates < 0 {
			t.Fatalf("%d of %d given: %+v", given, pushed, o.lost)
		}
	})
}
