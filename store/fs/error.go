package fs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"syscall"

	"rung"
)

// mapError gives a file system's error its code; nil stays nil. what names the thing: `object "a/b"`.
func mapError(err error, what string) error {
	var ours *rung.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &rung.Error{Code: rung.CodeCanceled, Message: what + ": stopped before it was done", Err: err}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ELOOP), errors.Is(err, errNotRegular), escapes(err):
		return &rung.Error{Code: rung.CodeNotFound, Message: what + " is not in the store", Hint: "is the name right, and has it not expired?", Err: err}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return &rung.Error{Code: rung.CodeFull, Message: what + ": the store's disk or quota is full", Hint: "free space on the store's disk or raise its quota; writing carries on by itself then", Err: err}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return &rung.Error{Code: rung.CodeForbidden, Message: what + ": the store's folder may not be accessed so by this user", Hint: "check the folder's owner and mode, and that its disk is not mounted read-only", Err: err}
	case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTEMPTY), errors.Is(err, fs.ErrExist):
		return &rung.Error{Code: rung.CodeInvalid, Message: what + ": the name is too long or is a folder's", Hint: "choose another name", Err: err}
	}
	return &rung.Error{Code: rung.CodeUnavailable, Message: what + ": the store's disk gives an error", Hint: "the log has the cause; it is worth another try", Err: err}
}

// escapes reports os.Root's refusal to follow a link out of the folder; it has no exported name.
func escapes(err error) bool {
	var pathErr *fs.PathError
	return errors.As(err, &pathErr) && pathErr.Err.Error() == "path escapes from parent"
}

// object names an object in messages.
func object(key string) string { return fmt.Sprintf("object %s", strconv.Quote(key)) }
