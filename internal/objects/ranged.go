package objects

import (
	"context"
	"io"
	"sync"

	"rung"
)

const (
	// blockSize is the unit of the cache, in bytes.
	blockSize = 1 << 20
	// cachedBlocks is how many an object keeps.
	cachedBlocks = 8
	// maxFetch is how many blocks one fetch asks for at most: each fetch that carries on from the one before asks for
	// twice as much, so that reading on costs few requests and looking around costs little.
	maxFetch = 4
)

// Fetch reads exactly n bytes at off of one version of an object.
type Fetch func(ctx context.Context, off, n int64) ([]byte, error)

// ranged is an Object over a Fetch, with a small cache of blocks and read-ahead.
type ranged struct {
	ctx   context.Context // bounds the object's life: io.ReaderAt has no place for one
	stop  context.CancelFunc
	size  int64
	etag  string
	fetch Fetch
	close func() error

	mu     sync.Mutex
	blocks map[int64]*block
	clock  int64
	next   int64 // the block after the latest fetch
	ahead  int64 // how many blocks that fetch had
	limit  int64 // the block at which reading ahead stops; 0: at the object's end
}

// block is one cached piece: blockSize bytes, less only at the object's end.
type block struct {
	data []byte
	used int64 // the clock at its last use
}

// NewRanged gives an Object of size bytes that is read by fetch, in pieces of a megabyte and more, one at a time. ctx and
// Close bound its life; close may be nil.
func NewRanged(ctx context.Context, size int64, etag string, fetch Fetch, close func() error) Object {
	ctx, stop := context.WithCancel(ctx)
	return &ranged{ctx: ctx, stop: stop, size: size, etag: etag, fetch: fetch, close: close, blocks: map[int64]*block{}, next: -1}
}

// Section reads bytes [off, end) of o, whose read-ahead then stops there: use it where nothing behind end is wanted.
func Section(o Object, off, end int64) *io.SectionReader {
	if r, ok := o.(*ranged); ok {
		r.mu.Lock()
		r.limit = (end + blockSize - 1) / blockSize
		r.mu.Unlock()
	}
	return io.NewSectionReader(o, off, end-off)
}

// ReadAt implements io.ReaderAt.
func (r *ranged) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, rung.Errorf(rung.CodeInternal, "", "read at the negative offset %d", off)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		data, err := r.block(at / blockSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[at%blockSize:])
	}
	return n, nil
}

// block gives a block's bytes, from the cache or by a fetch that reads ahead.
func (r *ranged) block(i int64) ([]byte, error) {
	r.clock++
	if b := r.blocks[i]; b != nil {
		b.used = r.clock
		return b.data, nil
	}
	if i == r.next {
		r.ahead = min(2*r.ahead, maxFetch)
	} else {
		r.ahead = 1
	}
	if i < r.limit {
		r.ahead = min(r.ahead, r.limit-i)
	}
	off := i * blockSize
	data, err := r.fetch(r.ctx, off, min(r.ahead*blockSize, r.size-off))
	if err != nil {
		return nil, err
	}
	r.next = i + r.ahead
	for k := i; len(data) > 0; k++ {
		n := min(blockSize, len(data))
		r.keep(k, data[:n:n])
		data = data[n:]
	}
	return r.blocks[i].data, nil
}

// keep caches a block in place of the one not used for longest.
func (r *ranged) keep(i int64, data []byte) {
	if len(r.blocks) >= cachedBlocks && r.blocks[i] == nil {
		oldest := int64(-1)
		for k, b := range r.blocks {
			if oldest < 0 || b.used < r.blocks[oldest].used {
				oldest = k
			}
		}
		delete(r.blocks, oldest)
	}
	r.blocks[i] = &block{data: data, used: r.clock}
}

// Size implements Object.
func (r *ranged) Size() int64 { return r.size }

// ETag implements Object.
func (r *ranged) ETag() string { return r.etag }

// Close implements io.Closer: it ends a read that runs.
func (r *ranged) Close() error {
	r.stop()
	if r.close == nil {
		return nil
	}
	return r.close()
}
