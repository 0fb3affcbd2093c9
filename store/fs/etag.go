package fs

import (
	"io/fs"
	"strconv"
	"syscall"
)

// etag is strong (RFC 9110, 8.8.1): each Put makes a new file, so size, time in nanoseconds and inode together do not come
// again for other bytes.
func etag(fi fs.FileInfo) string {
	var inode uint64
	if sys, ok := fi.Sys().(*syscall.Stat_t); ok {
		inode = sys.Ino
	}
	return `"` + strconv.FormatInt(fi.Size(), 36) + "-" + strconv.FormatInt(fi.ModTime().UnixNano(), 36) + "-" + strconv.FormatUint(inode, 36) + `"`
}
