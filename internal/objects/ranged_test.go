package objects

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
)

// span is one fetch.
type span struct{ off, n int64 }

// newSpied gives an object over data, and what was fetched of it in blocks.
func newSpied(ctx context.Context, data []byte) (Object, *[]span) {
	fetched := &[]span{}
	return NewRanged(ctx, int64(len(data)), "", func(_ context.Context, off, n int64) ([]byte, error) {
		*fetched = append(*fetched, span{off / blockSize, (n + blockSize - 1) / blockSize})
		return bytes.Clone(data[off : off+n]), nil
	}, nil), fetched
}

func testData(n int) []byte {
	data := make([]byte, 0, n+8)
	r := rand.New(rand.NewPCG(1, 2))
	for len(data) < n {
		data = binary.LittleEndian.AppendUint64(data, r.Uint64())
	}
	return data[:n]
}

func TestRangedReadsAhead(t *testing.T) {
	data := testData(12*blockSize + 5)
	o, fetched := newSpied(t.Context(), data)
	defer o.Close()
	got, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	if want := []span{{0, 1}, {1, 2}, {3, 4}, {7, 4}, {11, 2}}; !reflect.DeepEqual(*fetched, want) {
		t.Errorf("reading on fetched %v, want %v", *fetched, want)
	}
}

func TestSectionReadsNoFurtherAhead(t *testing.T) {
	data := testData(12 * blockSize)
	o, fetched := newSpied(t.Context(), data)
	defer o.Close()
	got, err := io.ReadAll(Section(o, 2*blockSize+5, 5*blockSize+1))
	if err != nil || !bytes.Equal(got, data[2*blockSize+5:5*blockSize+1]) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	if want := []span{{2, 1}, {3, 2}, {5, 1}}; !reflect.DeepEqual(*fetched, want) {
		t.Errorf("fetched %v, want %v", *fetched, want)
	}
}

func TestRangedLooksAround(t *testing.T) {
	data := testData(20 * blockSize)
	o, fetched := newSpied(t.Context(), data)
	defer o.Close()
	p := make([]byte, 100)
	for _, block := range []int64{0, 10, 0, 19, 10, 0} { // a header, an index at the end, a place in the middle
		if _, err := o.ReadAt(p, block*blockSize+7); err != nil || !bytes.Equal(p, data[block*blockSize+7:][:100]) {
			t.Fatalf("block %d: %v", block, err)
		}
	}
	if want := []span{{0, 1}, {10, 1}, {19, 1}}; !reflect.DeepEqual(*fetched, want) {
		t.Errorf("fetched %v, want %v", *fetched, want)
	}
	if n := len(o.(*ranged).blocks); n > cachedBlocks {
		t.Errorf("%d blocks are kept", n)
	}
}

func TestRangedAtRandom(t *testing.T) {
	data := testData(11*blockSize + 12345)
	o, _ := newSpied(t.Context(), data)
	defer o.Close()
	var readers sync.WaitGroup
	for seed := range uint64(4) {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(seed, 1))
			for range 30 {
				off, p := r.Int64N(int64(len(data))+100), make([]byte, r.IntN(3*blockSize))
				n, err := o.ReadAt(p, off)
				want := data[min(off, int64(len(data))):min(off+int64(len(p)), int64(len(data)))]
				if !bytes.Equal(p[:n], want) || (err == io.EOF) != (n < len(p)) {
					t.Errorf("%d bytes at %d: %d, %v", len(p), off, n, err)
				}
			}
		})
	}
	readers.Wait()
}

func TestRangedErrors(t *testing.T) {
	away := errors.New("away")
	closed := false
	o := NewRanged(t.Context(), 3*blockSize, "", func(ctx context.Context, off, n int64) ([]byte, error) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if off > 0 {
			return nil, away
		}
		return make([]byte, n), nil
	}, func() error { closed = true; return nil })
	if n, err := o.ReadAt(make([]byte, 2*blockSize), 0); n != blockSize || !errors.Is(err, away) {
		t.Errorf("a failing second block gives %d bytes, %v", n, err)
	}
	if _, err := o.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("a negative offset gives no error")
	}
	if err := o.Close(); err != nil || !closed {
		t.Errorf("close gives %v", err)
	}
	if _, err := o.ReadAt(make([]byte, 1), blockSize); !errors.Is(err, context.Canceled) {
		t.Errorf("a read after close gives %v", err)
	}
}
