package scheduler

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"rung"
)

// storeLock holds a folder for one process: nats-server itself does not keep two servers from one store, which would
// destroy it. The kernel drops the lock with the process, however that ends.
type storeLock struct{ file *os.File }

// lockStore creates the folder and locks it.
func lockStore(dir string) (*storeLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, storeError(dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, storeError(dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, storeError(dir, err)
	}
	return &storeLock{f}, nil
}

func (l *storeLock) unlock() { l.file.Close() } // closing drops the lock

func storeError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return &rung.Error{Code: rung.CodeConflict, Message: "queue: another process uses the data folder " + dir, Hint: "stop it, or give this one a folder of its own", Err: err}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &rung.Error{Code: rung.CodeFull, Message: "queue: no space is left for the data folder " + dir, Hint: "free some, or use another folder", Err: err}
	}
	return &rung.Error{Code: rung.CodeInvalid, Message: "queue: the data folder " + dir + " cannot be written", Hint: "check that it is a folder that this user may write to", Err: err}
}
