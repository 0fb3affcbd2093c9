// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Escape is one try to do what the sandbox forbids.
type Escape struct {
	What string
	Err  error // nil: it worked
}

// Succeeded reports whether the sandbox let it through.
func (e Escape) Succeeded() bool { return e.Err == nil }

// String is a line for a report.
func (e Escape) String() string {
	if e.Succeeded() {
		return "ESCAPED " + e.What
	}
	return fmt.Sprintf("denied  %s: %v", e.What, e.Err)
}

// TryEscapes tries everything that the sandbox is to deny. A process that has just closed its sandbox proves it so; nothing
// that it tries does harm where it works.
func TryEscapes() []Escape {
	attempts := []struct {
		what string
		try  func() error
	}{
		{"read a file", func() error { return tryOpen("/etc/passwd", os.O_RDONLY) }},
		{"read /proc", func() error { return tryOpen("/proc/self/environ", os.O_RDONLY) }},
		{"write a file", tryWrite},
		{"remove a file", tryRemove},
		{"open a TCP socket", func() error { return trySocket(unix.AF_INET, unix.SOCK_STREAM) }},
		{"open a UDP socket", func() error { return trySocket(unix.AF_INET6, unix.SOCK_DGRAM) }},
		{"open a unix socket", func() error { return trySocket(unix.AF_UNIX, unix.SOCK_STREAM) }},
		{"listen", tryListen},
		{"start a process", tryStart},
		{"replace itself by a program", tryExec},
		{"signal its parent", func() error { return unix.Kill(os.Getppid(), 0) }},
		{"trace its parent", func() error { return unix.PtraceAttach(os.Getppid()) }},
		{"set up io_uring", func() error { return try(unix.SYS_IO_URING_SETUP, 1, 0) }},
		{"load BPF", func() error { return try(unix.SYS_BPF, 0, 0) }},
		{"open a user namespace", func() error { return unix.Unshare(unix.CLONE_NEWUSER) }},
		{"raise its limits", func() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1, Max: 1}) }},
	}
	done := make([]Escape, 0, len(attempts))
	for _, a := range attempts {
		done = append(done, Escape{What: a.what, Err: a.try()})
	}
	return done
}

func tryOpen(name string, flags int) error {
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

func tryWrite() error {
	f, err := os.CreateTemp("", "rung-escape")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	return f.Close()
}

// tryRemove removes a file that is not there: that it is looked for at all is the escape.
func tryRemove() error {
	err := unix.Unlink(filepath.Join(os.TempDir(), "rung-escape-not-there"))
	if err == unix.ENOENT {
		return nil
	}
	return err
}

func trySocket(domain, kind int) error {
	fd, err := unix.Socket(domain, kind, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

func tryListen() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return l.Close()
}

// tryStart starts a program, with no descriptors so that none need be opened.
func tryStart() error {
	child, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
	if err != nil {
		return err
	}
	_, err = child.Wait()
	return err
}

// tryExec executes what is not there: that it is looked for at all is the escape.
func tryExec() error {
	err := unix.Exec("/rung-escape-not-there", []string{"true"}, nil)
	if err == unix.ENOENT {
		return nil
	}
	return err
}

// try makes a system call with arguments that are wrong anyway: an answer about them means that it is let through.
func try(number, a, b uintptr) error {
	_, _, errno := unix.Syscall(number, a, b, 0)
	switch errno {
	case unix.EPERM, unix.EACCES, unix.ENOSYS:
		return errno
	default:
		return nil
	}
}
