// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// The groups of system calls that are denied. What is left is what computing needs: memory, threads, clocks, and reading
// and writing the descriptors that are there. Names that a machine's architecture does not have are left out.
var (
	// deniedFiles answer EACCES, which libraries that look for files (SVT-AV1 in /proc) take for "not there".
	deniedFiles = []string{
		"open", "openat", "openat2", "creat", "open_by_handle_at", "name_to_handle_at", "execve", "execveat",
		"mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat",
		"mknod", "mknodat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "truncate", "ftruncate",
		"chdir", "fchdir", "chroot", "pivot_root", "utime", "utimes", "utimensat", "futimesat",
		"setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
		"inotify_init", "inotify_init1", "fanotify_init", "memfd_secret",
	}
	// deniedNetwork is every way to get or use a socket.
	deniedNetwork = []string{
		"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
		"recvfrom", "recvmsg", "recvmmsg", "setsockopt", "getsockopt", "shutdown",
	}
	// deniedKernel are doors to other processes and to rarely used, often broken parts of the kernel.
	deniedKernel = []string{
		"fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_open", "pidfd_getfd",
		"pidfd_send_signal", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
		"mount", "umount2", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "open_tree", "mount_setattr", "swapon", "swapoff",
		"setns", "unshare", "io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "io_submit",
		"bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "personality", "seccomp",
		"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "acct", "quotactl", "syslog",
		"iopl", "ioperm", "modify_ldt", "vmsplice", "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "semget", "semop",
		"mq_open", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset",
		"sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "vhangup", "setrlimit",
	}
)

// denySystemCalls puts a filter on all threads.
func denySystemCalls() error {
	machine, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// First: no_new_privs, and only this machine's own system calls.
	if err := denyForeignCalls(uint32(machine.ID)); err != nil {
		return err
	}
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionAllow,
		Syscalls:      deniedGroups(machine),
	}})
}

// deniedGroups is the policy.
func deniedGroups(machine *arch.Info) []seccomp.SyscallGroup {
	const cloneThread = unix.CLONE_THREAD
	self := uint64(os.Getpid())
	other := seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.NotEqual, Value: self}}
	return []seccomp.SyscallGroup{
		{Action: seccomp.ActionErrno | seccomp.Action(unix.EACCES), Names: known(machine, deniedFiles)},
		{Action: seccomp.ActionErrno | seccomp.Action(unix.EPERM), Names: known(machine, deniedNetwork)},
		{Action: seccomp.ActionErrno | seccomp.Action(unix.EPERM), Names: known(machine, deniedKernel)},
		// clone3 has its flags in memory, where a filter cannot look; told that it does not exist, the C library uses clone.
		{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: known(machine, []string{"clone3"})},
		{Action: seccomp.ActionErrno | seccomp.Action(unix.EPERM), NamesWithCondtions: []seccomp.NameWithConditions{
			// Threads only, no processes.
			{Name: "clone", Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.BitsNotSet, Value: cloneThread}}},
			// Go's scheduler signals its own threads.
			{Name: "kill", Conditions: other},
			{Name: "tgkill", Conditions: other},
			// Changing the limits of others, or its own once they are set.
			{Name: "prlimit64", Conditions: seccomp.ArgumentConditions{{Argument: 2, Operation: seccomp.NotEqual, Value: 0}}},
		}},
	}
}

// known leaves out the names that the machine does not have.
func known(machine *arch.Info, names []string) []string {
	var there []string
	for _, name := range names {
		if _, ok := machine.SyscallNames[name]; ok {
			there = append(there, name)
		}
	}
	return there
}

// denyForeignCalls ends the process at a system call of another architecture's table, such as the 32-bit one of an x86-64
// kernel: its numbers mean other calls, so a filter made for one table lets them through.
func denyForeignCalls(native uint32) error {
	const archOffset = 4 // struct seccomp_data
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: archOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: native, SkipFalse: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW},
		bpf.RetConstant{Val: unix.SECCOMP_RET_KILL_PROCESS},
	})
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(program))
	for i, in := range program {
		filter[i] = unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	fprog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	if errno != 0 {
		return fmt.Errorf("architecture filter: %w", errno)
	}
	return nil
}
