package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// clockTick is the unit of processor times in /proc: USER_HZ, which is 100 on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// cpuUse is the processor time, user and system, that has been used up to now.
type cpuUse struct {
	self     time.Duration // this process alone
	children time.Duration // those that run, and those that have ended
}

// readCPU reads the use of this process and its descendants. What a child used that ends is kept by its parent, so the
// figures only grow.
func readCPU() cpuUse {
	var self, ended syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &self) // neither fails with these arguments
	_ = syscall.Getrusage(syscall.RUSAGE_CHILDREN, &ended)
	u := cpuUse{self: usageTime(self), children: usageTime(ended)}
	for _, pid := range tree(os.Getpid())[1:] {
		u.children += processTime(pid)
	}
	return u
}

func usageTime(u syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// since is what was used after before.
func (u cpuUse) since(before cpuUse) cpuUse {
	return cpuUse{self: u.self - before.self, children: u.children - before.children}
}

func (u cpuUse) total() time.Duration { return u.self + u.children }

// processTime is what a process and its ended children have used; 0 if it has ended itself.
func processTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name is in parentheses and may hold anything; utime is the 12th field after it (proc(5)).
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	var ticks int64
	for i := 11; i < 15 && i < len(fields); i++ {
		n, _ := strconv.ParseInt(string(fields[i]), 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}
