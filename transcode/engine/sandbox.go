// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	landlocksys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// Sandbox takes from the process what its work does not need, so that a video which takes over a decoder has gained
// nothing but the decoder. It must be applied once everything that is loaded from files is loaded and before the first
// byte of a source is read. There is no way back.
type Sandbox struct {
	// AddressSpace bounds the process's virtual memory in bytes; 0: it is not bounded (the parent watches the resident
	// memory, which is the better measure: Go and the encoders reserve far more than they use).
	AddressSpace uint64
	// Files bounds the number of open descriptors; 0: 64.
	Files uint64
}

// Apply closes the sandbox as far as the kernel allows. It gives the names of what holds from now on: "rlimits",
// "landlock", "no_new_privs" and "seccomp". Where one is missing the error says why, all others hold nevertheless.
func (s Sandbox) Apply() (holds []string, err error) {
	steps := []struct {
		name  string
		apply func() error
	}{
		{"rlimits", s.limit},
		// Landlock comes before the system call filter, which would deny it.
		{"landlock", denyFiles},
		{"no_new_privs", denyPrivileges},
		{"seccomp", denySystemCalls},
	}
	for _, step := range steps {
		if e := step.apply(); e != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", step.name, e))
			continue
		}
		holds = append(holds, step.name)
	}
	return holds, err
}

// limit bounds the process's resources.
func (s Sandbox) limit() error {
	files := s.Files
	if files == 0 {
		files = 64
	}
	limits := map[int]uint64{
		unix.RLIMIT_CORE:   0, // a core file would hold the source's pictures
		unix.RLIMIT_NOFILE: files,
	}
	if !writesToFile(os.Stdout) && !writesToFile(os.Stderr) {
		limits[unix.RLIMIT_FSIZE] = 0
	}
	if s.AddressSpace > 0 {
		limits[unix.RLIMIT_AS] = s.AddressSpace
	}
	for resource, value := range limits {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: value, Max: value}); err != nil {
			return fmt.Errorf("resource %d to %d: %w", resource, value, err)
		}
	}
	return nil
}

// writesToFile reports whether f is a regular file, as when a user sends the log to one: a file size limit of 0 would
// then end the process at its first line.
func writesToFile(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// denyFiles has Landlock deny all access to the file system, and where the kernel's version knows it, TCP and abstract
// sockets and signals to the outside. It holds for all threads.
func denyFiles() error {
	if version, err := landlocksys.LandlockGetABIVersion(); err != nil || version < 1 {
		return fmt.Errorf("the kernel has no Landlock, or it is not switched on")
	}
	return landlock.V7.BestEffort().Restrict()
}

// denyPrivileges keeps the process from gaining any by an exec. It is set for one thread here; Landlock before it and the
// system call filter after it set it for all.
func denyPrivileges() error {
	return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}
