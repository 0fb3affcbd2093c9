// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "io"

const (
	// minReadAhead is the first read at a new place; each that carries on from there is twice the one before, up to
	// maxReadAhead. A place that is only looked at (an index, a probe) costs little, a place that is read on from costs
	// few round trips.
	minReadAhead = 128 << 10
	maxReadAhead = 1 << 20
	// readAheadWindows is how many places are remembered: a file whose pictures and sound lie far apart is read at both
	// by turns.
	readAheadWindows = 4
)

// readAhead reads a prefix and then an input of the request in large pieces and keeps the latest of them.
type readAhead struct {
	rio    requestIO
	number int
	prefix []byte
	size   int64 // of prefix and input together; negative: not known

	windows [readAheadWindows]window
	clock   int64
}

// window is a piece of the input.
type window struct {
	off  int64 // of its first byte, in the input
	data []byte
	next int   // how much to read when it is used up
	used int64 // the clock at its last use
}

func newReadAhead(rio requestIO, number int, size int64, prefix []byte) *readAhead {
	r := &readAhead{rio: rio, number: number, prefix: prefix, size: size}
	if size >= 0 {
		r.size += int64(len(prefix))
	}
	return r
}

// readAt reads some of the bytes at pos, at least one, or gives io.EOF or the parent's error.
func (r *readAhead) readAt(b []byte, pos int64) (int, error) {
	if pos < int64(len(r.prefix)) {
		return copy(b, r.prefix[pos:]), nil
	}
	off := pos - int64(len(r.prefix))
	r.clock++
	w := r.windowAt(off)
	w.used = r.clock
	if off == w.off+int64(len(w.data)) {
		if err := r.fill(w, off); err != nil {
			return 0, err
		}
	}
	return copy(b, w.data[off-w.off:]), nil
}

// windowAt finds the window that has the byte at off or ends right before it; failing that it gives up the one that was
// not used for longest and begins anew there.
func (r *readAhead) windowAt(off int64) *window {
	oldest := &r.windows[0]
	for i := range r.windows {
		w := &r.windows[i]
		if w.next > 0 && off >= w.off && off <= w.off+int64(len(w.data)) {
			return w
		}
		if w.used < oldest.used {
			oldest = w
		}
	}
	oldest.off, oldest.data, oldest.next = off, oldest.data[:0], minReadAhead
	return oldest
}

// fill replaces the window's bytes by those at off.
func (r *readAhead) fill(w *window, off int64) error {
	if cap(w.data) < w.next {
		w.data = make([]byte, w.next)
	}
	n, err := r.rio.ReadAt(r.number, w.data[:w.next], off)
	w.off, w.data = off, w.data[:max(n, 0)]
	if n > 0 {
		w.next = min(2*w.next, maxReadAhead)
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}
