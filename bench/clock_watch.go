package bench

import "os"

// clockWatch samples the processor's frequency while it works: an idle core's says nothing.
type clockWatch struct{ samples []float64 }

func newClockWatch() *clockWatch { return &clockWatch{} }

func (c *clockWatch) sample() {
	var m Machine
	text, _ := os.ReadFile("/proc/cpuinfo")
	if m.readCPUInfo(text); m.MHz > 0 {
		c.samples = append(c.samples, m.MHz)
	}
}

// mean is that of the samples, or the fallback where there is none.
func (c *clockWatch) mean(fallback float64) float64 {
	if len(c.samples) == 0 {
		return fallback
	}
	return mean(c.samples)
}
