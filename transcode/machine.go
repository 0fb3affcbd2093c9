package transcode

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
)

// Machine is what a node offers, as its registry entry says it.
type Machine struct {
	Host   string
	Cores  int     // that this process may use, a container's share counted
	Memory int64   // bytes, likewise
	Load   float64 // of the whole machine: runnable threads, averaged over a minute
}

// ReadMachine reads the figures from the kernel; what it does not say stays zero.
func ReadMachine() Machine {
	m := Machine{Cores: runtime.GOMAXPROCS(0)} // follows affinity and the control group's share
	m.Host, _ = os.Hostname()
	meminfo, _ := os.ReadFile("/proc/meminfo")
	m.Memory = kibibytes(meminfo, "MemTotal:")
	// The limit of a container's own control group shows at the root of its view; "max" and no file mean none.
	text, _ := os.ReadFile("/sys/fs/cgroup/memory.max")
	if limit, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64); err == nil {
		m.Memory = min(m.Memory, limit)
	}
	loadavg, _ := os.ReadFile("/proc/loadavg")
	minute, _, _ := bytes.Cut(loadavg, []byte(" "))
	m.Load, _ = strconv.ParseFloat(string(minute), 64)
	return m
}
