package transcode

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	// soakGrowth is by how much the median of a child's memory may differ between the second and the last quarter of its
	// segments: less than one picture buffer of every stream that it decodes at a time.
	soakGrowth = 8 << 20
	// soakHeapGrowth is the same for its parent's heap.
	soakHeapGrowth = 2 << 20
	// soakLife is how many segments a child must have had for its memory to tell something.
	soakLife = 200
)

// soakReport is what a soak has seen.
type soakReport struct {
	ends     map[soakEnd]int
	longest  time.Duration
	overruns int
	children []childMemory
	heap     []int64 // of the parent, after collection
	routines []int
	files    []int
}

// childMemory is one child's resident memory after each of its segments.
type childMemory struct {
	pid      int
	resident []int64
	sources  []string // what each segment was of
	peak     int64
}

// level is the memory without what each source takes by its nature: a segment of 2160p leaves more behind than one of 180p.
// Each value is moved by how far its source's median is from that of all.
func (c *childMemory) level() []int64 {
	bySource := map[string][]int64{}
	for i, source := range c.sources {
		bySource[source] = append(bySource[source], c.resident[i])
	}
	all := median(c.resident)
	level := make([]int64, len(c.resident))
	for i, source := range c.sources {
		level[i] = c.resident[i] - median(bySource[source]) + all
	}
	return level
}

func newSoakReport() soakReport { return soakReport{ends: map[soakEnd]int{}} }

// add notes how a segment ended, and the child's memory after it.
func (r *soakReport) add(end soakEnd, source string, took time.Duration, f EngineFigures) {
	r.ends[end]++
	r.longest = max(r.longest, took)
	if f.Resident == 0 {
		return // it has died
	}
	if len(r.children) == 0 || r.children[len(r.children)-1].pid != f.PID {
		r.children = append(r.children, childMemory{pid: f.PID})
	}
	c := &r.children[len(r.children)-1]
	c.resident, c.sources, c.peak = append(c.resident, f.Resident), append(c.sources, source), f.Peak
}

// parent notes what this process holds.
func (r *soakReport) parent() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.heap = append(r.heap, int64(m.HeapAlloc))
	r.routines = append(r.routines, runtime.NumGoroutine())
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		r.files = append(r.files, len(files))
	}
}

// print writes the figures for docs/reliability.md.
func (r *soakReport) print(t *testing.T, versions map[string]string) {
	t.Helper()
	var b strings.Builder
	total := 0
	for _, end := range slices.Sorted(maps.Keys(r.ends)) {
		fmt.Fprintf(&b, "%-24s %6d\n", end, r.ends[end])
		total += r.ends[end]
	}
	fmt.Fprintf(&b, "%-24s %6d\nlongest segment %v, past the deadline %d, children %d\n", "segments", total, r.longest.Round(time.Millisecond), r.overruns, len(r.children))
	for _, c := range r.children {
		if len(c.resident) >= soakLife {
			first, last := quarters(c.level())
			fmt.Fprintf(&b, "child of %d segments: resident %.1f MiB in its second quarter, %.1f MiB in its last (medians), %.1f MiB at most; by eighths",
				len(c.resident), mib(first), mib(last), mib(c.peak))
			for part := range slices.Chunk(c.level(), (len(c.resident)+7)/8) {
				fmt.Fprintf(&b, " %.1f", mib(median(part)))
			}
			b.WriteString("\n")
		}
	}
	if len(r.heap) >= 4 {
		first, last := quarters(r.heap)
		fmt.Fprintf(&b, "parent: heap %.2f MiB in its second quarter, %.2f MiB in its last, goroutines %d to %d, files %d to %d\n", mib(first), mib(last),
			r.routines[0], r.routines[len(r.routines)-1], r.files[0], r.files[len(r.files)-1])
	}
	t.Logf("FFmpeg %s\n%s", versions["ffmpeg"], b.String())
}

// judge fails the test where something hangs or grows.
func (r *soakReport) judge(t *testing.T) {
	t.Helper()
	if r.overruns > 0 || r.ends[endDeadline] > 0 {
		t.Errorf("%d segments were still at work at their deadline, %d past it", r.ends[endDeadline], r.overruns)
	}
	for _, c := range r.children {
		if first, last := quarters(c.level()); len(c.resident) >= soakLife && last-first > soakGrowth {
			t.Errorf("a child of %d segments grew from %.1f to %.1f MiB", len(c.resident), mib(first), mib(last))
		}
	}
	if len(r.heap) < 4 {
		return
	}
	if first, last := quarters(r.heap); last-first > soakHeapGrowth {
		t.Errorf("the parent's heap grew from %.2f to %.2f MiB", mib(first), mib(last))
	}
	if n := len(r.routines) - 1; r.routines[n] > r.routines[0] || r.files[n] > r.files[0] {
		t.Errorf("goroutines went from %d to %d, open files from %d to %d", r.routines[0], r.routines[n], r.files[0], r.files[n])
	}
}

// quarters are the medians of the second and of the last quarter: the first one warms up.
func quarters(v []int64) (second, last int64) {
	n := len(v) / 4
	if n == 0 {
		return 0, 0
	}
	return median(v[n : 2*n]), median(v[len(v)-n:])
}

func median(v []int64) int64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
