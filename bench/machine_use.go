package bench

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"
)

// readMachineUse is the processor time that all programs of the machine have used since it was started; 0 where the
// kernel does not say.
func readMachineUse() time.Duration {
	text, _ := os.ReadFile("/proc/stat")
	s := bufio.NewScanner(bytes.NewReader(text))
	if !s.Scan() {
		return 0
	}
	// "cpu user nice system idle iowait irq softirq steal guest guest_nice" (proc(5)): programs' are the first three.
	fields := strings.Fields(s.Text())
	var ticks int64
	for i := 1; i <= 3 && i < len(fields); i++ {
		n, _ := strconv.ParseInt(fields[i], 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}
