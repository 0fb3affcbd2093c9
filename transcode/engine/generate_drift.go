// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "math"

// million is what a pattern's drift is counted in.
const million = 1_000_000

// driftingSample is a sample that is taken by a clock that is off: what sounds at its media time.
func (a *patternAudio) driftingSample(channel int, i int64) int16 {
	rate := int64(a.pattern.SampleRate) * million
	at := a.first*million + i*(million+a.pattern.AudioDrift)
	second := float64(at-floorDiv(at, rate)*rate) / float64(rate)
	tone := func(hertz, amplitude float64) int16 { return int16(amplitude * math.Sin(2*math.Pi*hertz*second)) }
	burst := int16(0)
	if second*burstsPerSec < 1 {
		burst = tone(burstHertz, burstAmplitude)
	}
	switch {
	case a.pattern.Channels == 1:
		return tone(sineHertz, sineAmplitude) + burst
	case channel == 0:
		return tone(sineHertz, sineAmplitude)
	case channel == 1:
		return burst
	default:
		return tone(surroundHertz[channel], surroundAmplitude)
	}
}
