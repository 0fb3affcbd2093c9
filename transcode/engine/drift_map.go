// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"sort"

	"rung"
)

// fineBits is how many bits a source sample's fraction has: 2^-32 samples are 6e-15 s.
const fineBits = 32

// driftMap says which source sample is heard at each output sample. It is a function of the place on the timeline alone,
// so that neighbouring segments read the same.
type driftMap struct {
	rate    int64 // of the samples that are counted
	nominal int64 // of the samples that the drift counts
	drift   rung.Drift
}

// newDriftMap maps onto a source's samples as they are decoded at rate, which need not be what was announced.
func newDriftMap(source *rung.AudioSource, rate int) driftMap {
	return driftMap{rate: int64(rate), nominal: int64(source.SampleRate), drift: source.Drift}
}

// at is the place of an output sample among the source samples: whole ones and 2^-fineBits.
func (m driftMap) at(out int64) (whole, fraction int64) {
	whole = floorDiv(out*m.rate, rung.AudioRate)
	fraction = ((out*m.rate - whole*rung.AudioRate) << fineBits) / rung.AudioRate
	drift := m.drift.Fine(out)
	if m.rate != m.nominal {
		drift = drift/m.nominal*m.rate + drift%m.nominal*m.rate/m.nominal
	}
	fraction += drift
	whole += fraction >> fineBits
	return whole, fraction & (1<<fineBits - 1)
}

// first is the first output sample of [from, to) that is not heard before a source sample; to where there is none.
func (m driftMap) first(source, from, to int64) int64 {
	if from >= to {
		return from
	}
	return from + int64(sort.Search(int(to-from), func(i int) bool {
		whole, _ := m.at(from + int64(i))
		return whole >= source
	}))
}

// level is the output sample up to which there is no drift yet; the least there is, where there is drift from the
// beginning.
func (m driftMap) level() int64 {
	level := int64(-1 << 62)
	for _, k := range m.drift {
		if k.Offset != 0 {
			break
		}
		level = k.At
	}
	return level
}
