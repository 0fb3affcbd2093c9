package transcode

import "io"

// Input is a part's source as the engine reads it: *bytes.Reader, *io.SectionReader and objects.Object are such.
type Input interface {
	io.ReaderAt
	Size() int64
}
