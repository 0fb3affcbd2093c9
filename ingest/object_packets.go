package ingest

import (
	"context"
	"errors"
	"io"
	"sort"

	"rung"
)

const (
	// readBytes is how much of an object is read at a time.
	readBytes = 1 << 20
	syncByte  = 0x47
	// syncRun is how many packets in a row show where they begin and how long they are.
	syncRun = 4
)

// packetForms are the lengths of packets in files, with how many bytes come before the sync byte: plain packets, with a
// time code before them (M2TS), with parity behind them.
var packetForms = []packetForm{{size: packetSize}, {size: 192, before: 4}, {size: 204}}

type packetForm struct {
	size, before int
}

// objectPackets reads the transport packets of an object and remembers where they lie in it. It is the locator of jobs
// whose input is a transport stream: positions count the packets alone, ranges are of the object's own bytes.
type objectPackets struct {
	object Object
	url    string
	runs   []packetRun
}

// packetRun is packets that follow each other: the byte at position lies in the object at offset.
type packetRun struct {
	position, offset int64
	form             packetForm
}

// scan gives all packets to fn, in order, in pieces of whole packets that are valid during the call. It begins afresh each
// time.
func (o *objectPackets) scan(ctx context.Context, fn func(packets []byte) error) error {
	size, offset, position := o.object.Size(), int64(0), int64(0)
	o.runs = nil
	buf := make([]byte, readBytes)
	var packets []byte
	for offset < size {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := o.object.ReadAt(buf[:min(readBytes, size-offset)], offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n == 0 {
			break
		}
		used, out := o.split(buf[:n], offset, position, packets[:0], offset+int64(n) >= size)
		packets = out
		if len(packets) > 0 {
			if err := fn(packets); err != nil {
				return err
			}
		}
		position += int64(len(packets))
		offset += int64(used)
	}
	return nil
}

// split takes the packets out of b, which lies at offset, and says how many bytes of b are done with. Where b does not
// go on with a packet, it looks for the next run.
func (o *objectPackets) split(b []byte, offset, position int64, packets []byte, last bool) (used int, out []byte) {
	out = packets
	for {
		if n := len(o.runs); n > 0 {
			form := o.runs[n-1].form
			for len(b)-used >= form.size && b[used+form.before] == syncByte {
				at := used + form.before
				out = append(out, b[at:at+packetSize]...)
				used += form.size
			}
			if len(b)-used < form.size {
				if last {
					used = len(b)
				}
				return used, out
			}
		}
		skip, form, found := findPackets(b[used:])
		if !found {
			// What is left of b is too short to tell, unless nothing comes after it.
			if keep := (syncRun + 1) * 204; !last && len(b)-used > keep {
				used = len(b) - keep
			} else if last {
				used = len(b)
			}
			return max(used, min(len(b), 1)), out
		}
		used += skip
		o.runs = append(o.runs, packetRun{position: position + int64(len(out)), offset: offset + int64(used), form: form})
	}
}

// findPackets looks for syncRun packets in a row, or for as many as a short b holds whole.
func findPackets(b []byte) (skip int, form packetForm, found bool) {
	for skip = range b {
		for _, f := range packetForms {
			if isRun(b[skip:], f) {
				return skip, f, true
			}
		}
	}
	return 0, packetForm{}, false
}

func isRun(b []byte, f packetForm) bool {
	n := min(syncRun, len(b)/f.size)
	for i := range n {
		if b[i*f.size+f.before] != syncByte {
			return false
		}
	}
	return n == syncRun || n > 0 && len(b) == n*f.size
}

// locate implements locator. The PSI before the bytes gets the form of the packets there.
func (o *objectPackets) locate(part rung.Part, from, to int64) ([]rung.Part, bool) {
	first := o.run(from)
	last := o.run(max(from, to-1))
	part.Prefix = first.form.pack(part.Prefix)
	part.Object = &rung.ObjectRange{URL: o.url, Size: o.object.Size(), ETag: o.object.ETag(),
		Offset: first.at(from), End: min(last.at(to), o.object.Size())}
	return []rung.Part{part}, true
}

// forget implements locator.
func (o *objectPackets) forget(int64) {}

// run is the one that a position lies in.
func (o *objectPackets) run(position int64) packetRun {
	i := sort.Search(len(o.runs), func(i int) bool { return o.runs[i].position > position })
	return o.runs[max(0, i-1)]
}

// at is where the packet at a position begins in the object.
func (r packetRun) at(position int64) int64 {
	return r.offset + (position-r.position)/packetSize*int64(r.form.size)
}

// pack gives plain packets the form's length.
func (f packetForm) pack(packets []byte) []byte {
	if f.size == packetSize {
		return packets
	}
	var out []byte
	for ; len(packets) >= packetSize; packets = packets[packetSize:] {
		p := make([]byte, f.size)
		copy(p[f.before:], packets[:packetSize])
		out = append(out, p...)
	}
	return out
}
