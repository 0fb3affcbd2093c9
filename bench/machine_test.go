package bench

import (
	"slices"
	"testing"
	"time"
)

const cpuInfo = `processor	: 0
model name	: Some Xeon @ 2.50GHz
cpu MHz		: 2500.000
physical id	: 0
core id		: 0
flags		: fpu avx avx2 hypervisor bmi2

processor	: 1
model name	: Some Xeon @ 2.50GHz
cpu MHz		: 3500.000
physical id	: 0
core id		: 0
flags		: fpu avx avx2 hypervisor bmi2
`

func TestReadCPUInfo(t *testing.T) {
	m := Machine{Threads: 2}
	m.readCPUInfo([]byte(cpuInfo))
	if m.CPU != "Some Xeon @ 2.50GHz" || m.MHz != 3000 || m.Sockets != 1 || m.ThreadsPerCore != 2 || m.Virtualisation != "hypervisor" || !slices.Equal(m.Flags, []string{"avx", "avx2", "bmi2"}) {
		t.Errorf("%+v", m)
	}
	var none Machine
	none.readCPUInfo(nil)
	if none.Sockets != 1 || none.ThreadsPerCore != 1 || none.MHz != 0 {
		t.Errorf("of nothing: %+v", none)
	}
}

// What this machine is, as far as any machine that runs this test must know it of itself.
func TestReadMachine(t *testing.T) {
	m := ReadMachine(map[string]string{"x264": "0.164"})
	if m.Cores < 1 || m.Threads < m.Cores || m.Memory < 1<<28 || m.Kernel == "" || m.OS == "" || m.Virtualisation == "" || m.Versions["x264"] != "0.164" {
		t.Errorf("%+v", m)
	}
}

// Processor time only grows, and work shows in it.
func TestReadCPU(t *testing.T) {
	before, machine := readCPU(), readMachineUse()
	for spun := time.Duration(0); spun < 50*time.Millisecond; {
		spun = readCPU().since(before).self
	}
	used := readCPU().since(before)
	if used.self < 50*time.Millisecond || used.children < 0 || used.total() < used.self {
		t.Errorf("used %+v", used)
	}
	if readMachineUse() < machine {
		t.Error("the machine's use has shrunk")
	}
}
