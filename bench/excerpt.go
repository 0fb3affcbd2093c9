package bench

import (
	"io"
	"os"
	"time"

	"rung"
)

// excerptLength is how much of a long recording an estimate is made of.
const excerptLength = 30 * time.Second

// packetSize is a transport packet's.
const packetSize = 188

// excerpt is the input itself where it is short; else the beginning of it, copied to path.
func excerpt(in Input, path string) (Input, error) {
	length := excerptLength.Microseconds()
	if in.DurationUS <= length*3/2 {
		return in, nil
	}
	from, err := os.Open(in.Path)
	if err != nil {
		return in, rung.Errorf(rung.CodeBadInput, "check the file and its disk", "input: %w", err)
	}
	defer from.Close()
	to, err := os.Create(path)
	if err != nil {
		return in, rung.Errorf(rung.CodeUnavailable, "set TMPDIR to a folder that can be written", "excerpt: %w", err)
	}
	defer to.Close()
	size := in.Bytes * length / in.DurationUS / packetSize * packetSize
	if _, err := io.CopyN(to, from, size); err != nil {
		return in, rung.Errorf(rung.CodeFull, "free space in TMPDIR", "excerpt: %w", err)
	}
	in.Path, in.DurationUS, in.Bytes = path, length, size
	return in, to.Close()
}
