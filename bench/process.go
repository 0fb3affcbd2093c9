package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sampleEvery is how often a process tree's memory is looked at.
const sampleEvery = 50 * time.Millisecond

// Cost is what running a command took, its children that it waited for included.
type Cost struct {
	CPU  time.Duration // user and system time
	Wall time.Duration
	Peak int64 // bytes: the largest sum of proportional set sizes (PSS) over the process tree, sampled every 50 ms
}

// Measure runs a command to its end and gives its cost. A command that fails gives an error with the end of its
// standard error.
func Measure(ctx context.Context, name string, args ...string) (Cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return Cost{}, fmt.Errorf("starting %s: %w", filepath.Base(name), err)
	}
	peak := watchMemory(cmd.Process.Pid)
	err := cmd.Wait()
	c := Cost{CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), Wall: time.Since(start), Peak: peak()}
	if err != nil {
		text := stderr.Bytes()
		return c, fmt.Errorf("%s: %w: %s", filepath.Base(name), err, bytes.TrimSpace(text[max(0, len(text)-2000):]))
	}
	return c, nil
}

// watchMemory samples a process tree until the function that it gives is called, which returns the peak.
func watchMemory(pid int) (stop func() int64) {
	var wait sync.WaitGroup
	done := make(chan struct{})
	var peak int64
	wait.Go(func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var sum int64
				for _, p := range tree(pid) {
					sum += pss(p)
				}
				peak = max(peak, sum)
			}
		}
	})
	return func() int64 {
		close(done)
		wait.Wait()
		return peak
	}
}

// tree lists a process and all of its descendants.
func tree(pid int) []int {
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i]))
		for _, list := range lists {
			text, _ := os.ReadFile(list) // a task that has ended has no children
			for _, f := range strings.Fields(string(text)) {
				if child, err := strconv.Atoi(f); err == nil {
					all = append(all, child)
				}
			}
		}
	}
	return all
}

// pss is a process's proportional set size in bytes, 0 if it has ended.
func pss(pid int) int64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "Pss:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}
