// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"
	"io"

	"github.com/asticode/go-astiav"
)

const (
	// avioBuffer is libavformat's own buffer: each fill is a call from C to Go, so it is larger than the usual 32 KiB.
	avioBuffer = 64 << 10
	// avseekSize is AVSEEK_SIZE: the seek callback is asked for the input's size.
	avseekSize = 0x10000
	// avseekForce is AVSEEK_FORCE, a flag that may come with any whence.
	avseekForce = 0x20000
)

// errSeek tells libavformat that a place cannot be sought to.
var errSeek = errors.New("engine: seek out of range")

// input lets libavformat read one of a request's inputs, with a prefix before its first byte. Reads go through a
// readAhead, so that round trips to the parent are few. It serves one format context and is not safe for two goroutines.
type input struct {
	io *astiav.IOContext

	data *readAhead
	pos  int64
	err  error
}

// newInput opens the request's input number input of size bytes (negative: not known, and then it cannot be sought from
// its end) with prefix before it. Close it after the format context that uses its io.
func newInput(rio requestIO, number int, size int64, prefix []byte) (*input, error) {
	in := &input{data: newReadAhead(rio, number, size, prefix)}
	seek := astiav.IOContextSeekFunc(in.seek)
	if size < 0 {
		// Without a size libavformat's demuxers must take it as a stream, or they look for tables at its end.
		seek = nil
	}
	var err error
	in.io, err = astiav.AllocIOContext(avioBuffer, false, in.read, seek, nil)
	if err != nil {
		return nil, fmt.Errorf("engine: opening input %d: %w", number, err)
	}
	return in, nil
}

// Close releases the io context.
func (in *input) Close() {
	in.io.Free()
}

// Err is the first failure to read from the parent, nil if there was none: the end of the input is not one. libavformat
// takes such a failure for an end in places, so look here before a result is called complete.
func (in *input) Err() error { return in.err }

// read is libavformat's read callback.
func (in *input) read(b []byte) (int, error) {
	if in.err != nil {
		return 0, astiav.ErrEio
	}
	n, err := in.data.readAt(b, in.pos)
	in.pos += int64(n)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		return 0, io.EOF
	default:
		in.err = err
		return 0, astiav.ErrEio
	}
}

// seek is libavformat's seek callback.
func (in *input) seek(offset int64, whence int) (int64, error) {
	switch whence &^ avseekForce {
	case avseekSize:
		return in.data.size, nil
	case io.SeekCurrent:
		offset += in.pos
	case io.SeekEnd:
		offset += in.data.size
	case io.SeekStart:
	default:
		return 0, errSeek
	}
	if offset < 0 {
		return 0, errSeek
	}
	in.pos = offset
	return offset, nil
}
