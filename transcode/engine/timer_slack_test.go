// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The slack is set before the Go runtime starts its first thread, so that all have it.
func TestTimerSlack(t *testing.T) {
	slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil || slack != 10_000_000 {
		t.Errorf("this thread's timer slack is %d ns (%v), want 10,000,000", slack, err)
	}
	threads, err := filepath.Glob("/proc/self/task/*/comm")
	if err != nil || len(threads) < 2 {
		t.Fatalf("threads %v, %v", threads, err)
	}
	for _, comm := range threads {
		file := filepath.Join("/proc", filepath.Base(filepath.Dir(comm)), "timerslack_ns")
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) || os.IsPermission(err) { // the thread has ended; others' may be read with CAP_SYS_NICE only
			continue
		}
		if got := strings.TrimSpace(string(text)); err != nil || got != "10000000" {
			t.Errorf("%s: %s ns (%v), want 10000000", file, got, err)
		}
	}
}
