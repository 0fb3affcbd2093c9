package transcode

import (
	"bytes"
	"os"
	"strconv"
)

// EngineFigures are what the kernel says of an engine's process.
type EngineFigures struct {
	PID      int   `json:"pid"`
	Resident int64 `json:"resident"` // bytes in memory now
	Peak     int64 `json:"peak"`     // the most so far
}

// readEngineFigures reads them from /proc; what it does not say stays zero.
func readEngineFigures(pid int) EngineFigures {
	f := EngineFigures{PID: pid}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return f // it has just ended
	}
	f.Resident, f.Peak = kibibytes(status, "VmRSS:"), kibibytes(status, "VmHWM:")
	return f
}

// kibibytes finds a line "KEY  N kB" as /proc writes it and gives N in bytes; 0 where there is none.
func kibibytes(text []byte, key string) int64 {
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(key)); ok {
			if fields := bytes.Fields(rest); len(fields) > 0 {
				n, _ := strconv.ParseInt(string(fields[0]), 10, 64)
				return n << 10
			}
		}
	}
	return 0
}
