package ingest

import (
	"fmt"
	"time"
)

// lossWindow is how long the share of lost packets is measured over.
const lossWindow = 10 * time.Second

// lossMeter measures which share of a source's packets is missing.
type lossMeter struct{ samples []lossSample }

// lossSample is the counts at one instant.
type lossSample struct {
	at            time.Time
	packets, lost int64
}

// note takes the counts. Ones that have begun again begin the measurement again.
func (m *lossMeter) note(packets, lost int64, now time.Time) {
	if n := len(m.samples); n > 0 && (packets < m.samples[n-1].packets || lost < m.samples[n-1].lost) {
		m.samples = m.samples[:0]
	}
	if len(m.samples) == 0 { // what was counted so far came since the last look
		m.samples = append(m.samples, lossSample{at: now.Add(-checkTime)})
	}
	m.samples = append(m.samples, lossSample{now, packets, lost})
	for len(m.samples) > 2 && now.Sub(m.samples[0].at) > lossWindow {
		m.samples = m.samples[1:]
	}
}

// String says how many packets are missing, and of how many.
func (m *lossMeter) String() string {
	if len(m.samples) < 2 {
		return "no packets yet"
	}
	first, last := m.samples[0], m.samples[len(m.samples)-1]
	lost := last.lost - first.lost
	all := last.packets - first.packets + lost
	share := 0.0
	if all > 0 {
		share = 100 * float64(lost) / float64(all)
	}
	return fmt.Sprintf("%.2f%% of packets missing or out of order in the last %v: %d of %d", share, last.at.Sub(first.at).Round(time.Second), lost, all)
}
