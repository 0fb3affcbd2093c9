package fs

import "io"

// reader reads a range of a file that it owns.
type reader struct {
	io.Reader
	io.Closer
}
