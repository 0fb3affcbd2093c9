// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"rung"
)

// numbered is n bytes that differ from their neighbours.
func numbered(n int) []byte {
	b := make([]byte, n)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// Wherever it is read, an input gives its prefix followed by its bytes.
func TestInputReadsAnywhere(t *testing.T) {
	prefix, data := numbered(500), numbered(3<<20)
	whole := append(bytes.Clone(prefix), data...)
	rio := &memoryIO{inputs: [][]byte{data}}
	in, err := newInput(rio, 0, int64(len(data)), prefix)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if size, err := in.seek(0, avseekSize); err != nil || size != int64(len(whole)) {
		t.Fatalf("size %d, %v, want %d", size, err, len(whole))
	}
	random := rand.New(rand.NewPCG(3, 4))
	buf := make([]byte, 10_000)
	for range 500 {
		off := random.Int64N(int64(len(whole)))
		if _, err := in.seek(off, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		n, err := in.read(buf[:1+random.IntN(len(buf)-1)])
		if err != nil || n == 0 || !bytes.Equal(buf[:n], whole[off:off+int64(n)]) {
			t.Fatalf("at %d: %d bytes, %v, or not those of the input", off, n, err)
		}
	}
	if at, err := in.seek(-10, io.SeekEnd); err != nil || at != int64(len(whole)-10) {
		t.Errorf("10 before the end is %d, %v", at, err)
	}
	if n, err := in.read(buf); n != 10 || err != nil {
		t.Errorf("the last 10 bytes: %d, %v", n, err)
	}
	if _, err := in.read(buf); !errors.Is(err, io.EOF) || in.Err() != nil {
		t.Errorf("at the end: %v, failure %v; want io.EOF and none", err, in.Err())
	}
	if _, err := in.seek(-1, io.SeekStart); err == nil {
		t.Error("sought before the beginning")
	}
}

// Reading on takes few round trips, also where it goes on at two places by turns.
func TestReadAheadRoundTrips(t *testing.T) {
	const size = 20 << 20
	rio := &memoryIO{inputs: [][]byte{make([]byte, size)}}
	ahead := newReadAhead(rio, 0, size, nil)
	buf := make([]byte, 64<<10)
	near, far := int64(0), int64(size/2)
	for near < size/2 {
		for _, pos := range []*int64{&near, &far} {
			n, err := ahead.readAt(buf, *pos)
			if err != nil {
				t.Fatal(err)
			}
			*pos += int64(n)
		}
	}
	if most := size/maxReadAhead + 12; rio.reads > most {
		t.Errorf("%d bytes took %d reads of up to %d, want at most %d", size, rio.reads, maxReadAhead, most)
	}
}

func TestInputKeepsTheParentsError(t *testing.T) {
	away := rung.Errorf(rung.CodeUnavailable, "", "the store is away")
	rio := &memoryIO{inputs: [][]byte{make([]byte, 1<<20)}, readError: away, failAt: 1 << 19}
	in, err := newInput(rio, 0, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	buf := make([]byte, 64<<10)
	for err == nil {
		_, err = in.read(buf)
	}
	if !errors.Is(in.Err(), away) {
		t.Errorf("failure %v, want the parent's", in.Err())
	}
	reads := rio.reads
	if _, err := in.read(buf); err == nil || rio.reads != reads {
		t.Error("a failed input was asked again")
	}
}
