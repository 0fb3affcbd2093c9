package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"rung"
)

// emptyHint goes with an input without a byte.
const emptyHint = "was it written to its end? give a file that has video or audio"

// file is a local file.
type file struct {
	f    *os.File
	info fs.FileInfo // as it was when opened
}

// openFile opens a regular file that has bytes.
func openFile(path string) (Object, error) {
	if path == "" {
		return nil, rung.Errorf(rung.CodeInvalid, "name a file", "the path is empty")
	}
	// Not blocking: opening a FIFO would otherwise wait for its writer.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fileError(path, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = fileError(path, err)
	case !info.Mode().IsRegular():
		err = rung.Errorf(rung.CodeInvalid, "name a regular file", "%s is not a file", path)
	case info.Size() == 0:
		err = rung.Errorf(rung.CodeBadInput, emptyHint, "%s is empty", path)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &file{f: f, info: info}, nil
}

// ReadAt implements io.ReaderAt. That the file has changed in size or time since it was opened is an error: what is read
// of it then need not fit what was read before.
func (o *file) ReadAt(p []byte, off int64) (int, error) {
	if off >= o.info.Size() {
		return 0, io.EOF
	}
	atEnd := false
	if rest := o.info.Size() - off; int64(len(p)) >= rest {
		p, atEnd = p[:rest], int64(len(p)) > rest
	}
	n, err := o.f.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fileError(o.f.Name(), err)
	}
	now, err := o.f.Stat()
	if err != nil {
		return 0, fileError(o.f.Name(), err)
	}
	if n < len(p) || now.Size() != o.info.Size() || !now.ModTime().Equal(o.info.ModTime()) {
		return 0, rung.Errorf(rung.CodeBadInput, "wait until the file is whole before it is used",
			"%s changed while it was read: it had %d bytes when opened, now %d", o.f.Name(), o.info.Size(), now.Size())
	}
	if atEnd {
		return n, io.EOF
	}
	return n, nil
}

// Size implements Object.
func (o *file) Size() int64 { return o.info.Size() }

// ETag implements Object: size and time of the last change, as web servers make theirs.
func (o *file) ETag() string {
	return fmt.Sprintf(`"%x-%x"`, o.info.ModTime().UnixNano(), o.info.Size())
}

// Close implements io.Closer.
func (o *file) Close() error { return o.f.Close() }

// fileError classes an error of the file system.
func fileError(path string, err error) error {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return rung.Errorf(rung.CodeNotFound, "check the path; it is read on the machine that does the work", "there is no file %s", path)
	case errors.Is(err, fs.ErrPermission):
		return rung.Errorf(rung.CodeForbidden, "give the user that runs this program the right to read it", "%s may not be read", path)
	default:
		return rung.Errorf(rung.CodeUnavailable, "", "%s cannot be read: %w", path, err)
	}
}
