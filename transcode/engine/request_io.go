// SPDX-License-Identifier: GPL-3.0-or-later

package engine

// requestIO is what one request may ask of the parent. Its methods may be called from any goroutine of the request; each
// call is one whole exchange on the pipe. After an error the request cannot go on: the parent is gone, or refused.
type requestIO interface {
	// ReadAt reads from the request's input number input, from byte off: up to len(p) bytes, fewer where the parent gives
	// fewer, and io.EOF at the end of the input.
	ReadAt(input int, p []byte, off int64) (int, error)
	// Output sends bytes of the object called name; those of several calls follow one another.
	Output(name string, data []byte) error
}
