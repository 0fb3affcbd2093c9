package bench

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"rung/transcode"
)

// encoderFlags are the instruction sets that decoders, scalers and encoders have code for, by the kernel's names.
var encoderFlags = []string{"sse4_1", "sse4_2", "avx", "avx2", "bmi1", "bmi2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni", "avx512_vbmi",
	"asimd", "asimddp", "i8mm", "sve", "sve2"}

// ReadMachine reads what the kernel says of this machine. versions are those of rung, the engine and its libraries.
func ReadMachine(versions map[string]string) Machine {
	base := transcode.ReadMachine()
	m := Machine{Host: base.Host, Cores: base.Cores, Memory: base.Memory, Threads: runtime.NumCPU(), OS: osName(), Kernel: kernelRelease(), Versions: versions}
	text, _ := os.ReadFile("/proc/cpuinfo")
	m.readCPUInfo(text)
	m.Caches = readCaches("/sys/devices/system/cpu")
	nodes, _ := filepath.Glob("/sys/devices/system/node/node[0-9]*")
	m.NUMANodes = max(1, len(nodes))
	m.Virtualisation = virtualisation(m.Virtualisation == "hypervisor")
	return m
}

// readCPUInfo reads /proc/cpuinfo: a block of "key : value" lines for each hardware thread.
func (m *Machine) readCPUInfo(text []byte) {
	var mhz []float64
	sockets, cores := map[string]bool{}, map[string]bool{}
	socket := ""
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		key, value, _ := strings.Cut(s.Text(), ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "model name", "Processor":
			m.CPU = value
		case "physical id":
			socket = value
			sockets[value] = true
		case "core id":
			cores[socket+"/"+value] = true
		case "cpu MHz":
			if v, err := strconv.ParseFloat(value, 64); err == nil {
				mhz = append(mhz, v)
			}
		case "flags", "Features":
			m.readFlags(strings.Fields(value))
		}
	}
	m.Sockets = max(1, len(sockets))
	m.ThreadsPerCore = max(1, m.Threads/max(1, len(cores)))
	if len(cores) == 0 {
		m.ThreadsPerCore = 1
	}
	m.MHz = mean(mhz)
}

// readFlags keeps the flags that matter here, and notes a hypervisor.
func (m *Machine) readFlags(flags []string) {
	m.Flags = nil
	for _, f := range encoderFlags {
		if slices.Contains(flags, f) {
			m.Flags = append(m.Flags, f)
		}
	}
	if slices.Contains(flags, "hypervisor") {
		m.Virtualisation = "hypervisor"
	}
}

// osName is the distribution's PRETTY_NAME (os-release(5)).
func osName() string {
	text, _ := os.ReadFile("/etc/os-release")
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(v, `"`)
		}
	}
	return runtime.GOOS
}

func kernelRelease() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// virtualisation names what the machine runs in: the firmware's own name for it where there is one.
func virtualisation(hypervisor bool) string {
	var found []string
	if hypervisor {
		vendor, _ := os.ReadFile("/sys/class/dmi/id/sys_vendor")
		product, _ := os.ReadFile("/sys/class/dmi/id/product_name")
		name := strings.Join(strings.Fields(string(vendor)+" "+string(product)), " ")
		if name == "" {
			name = "hypervisor"
		}
		found = append(found, name)
	}
	for _, mark := range []struct{ path, name string }{{"/.dockerenv", "docker"}, {"/run/.containerenv", "podman"}, {"/var/run/secrets/kubernetes.io", "kubernetes"}} {
		if _, err := os.Stat(mark.path); err == nil {
			found = append(found, mark.name+" container")
		}
	}
	if len(found) == 0 {
		return "none"
	}
	return strings.Join(found, ", ")
}

// readCaches counts the caches below a folder of the kernel's: one shared by several threads is one.
func readCaches(folder string) []Cache {
	var all []Cache
	seen := map[string]bool{}
	paths, _ := filepath.Glob(filepath.Join(folder, "cpu[0-9]*/cache/index[0-9]*"))
	slices.Sort(paths)
	for _, p := range paths {
		read := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(p, name))
			return strings.TrimSpace(string(text))
		}
		c := Cache{Type: read("type"), Count: 1}
		c.Level, _ = strconv.Atoi(read("level"))
		kib, _ := strconv.ParseInt(strings.TrimSuffix(read("size"), "K"), 10, 64)
		c.Bytes = kib << 10
		if id := filepath.Base(p) + read("shared_cpu_list"); seen[id] || c.Level == 0 {
			continue
		} else {
			seen[id] = true
		}
		if i := slices.IndexFunc(all, func(have Cache) bool { return have.Level == c.Level && have.Type == c.Type && have.Bytes == c.Bytes }); i >= 0 {
			all[i].Count++
		} else {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Cache) int { return a.Level - b.Level })
	return all
}

func mean(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
