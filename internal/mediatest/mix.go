package mediatest

import (
	"fmt"
	"math"
)

// The pattern's levels, of 32768: see protocol.Pattern.
const (
	sineLevel     = 8000.0
	surroundLevel = 4000.0
)

// Tolerances of the mixing.
const (
	maxLevel = 0.5 // dB: a tone's level
	maxLeak  = -40 // dB of the sine: a tone that does not belong there
)

// mix is what each side of stereo has to hold of the tones of a source with so many channels, by ITU-R BS.775-3, annex 4:
// L' = L + 0.707 C + 0.707 Ls, R' = R + 0.707 C + 0.707 Rs, and mono at 0.707 on both sides.
func mix(channels int) (left, right map[int]float64) {
	const part = math.Sqrt2 / 2
	switch channels {
	case 1:
		both := map[int]float64{sineHz: part * sineLevel}
		return both, both
	case 6:
		return map[int]float64{sineHz: sineLevel, centreHz: part * surroundLevel, leftHz: part * surroundLevel},
			map[int]float64{centreHz: part * surroundLevel, rightHz: part * surroundLevel}
	default:
		return map[int]float64{sineHz: sineLevel}, nil
	}
}

// mixed holds the levels on both sides against what a source with so many channels gives.
func (f *SoundFindings) mixed(channels int) (faults []string) {
	left, right := mix(channels)
	for _, side := range []struct {
		name      string
		got, want map[int]float64
	}{{"left", f.Left, left}, {"right", f.Right, right}} {
		for _, hz := range toneHz {
			got, want := side.got[hz], side.want[hz]
			if want == 0 {
				if db := 20 * math.Log10(got/sineLevel); db > maxLeak {
					faults = append(faults, fmt.Sprintf("%d Hz on the %s: %.1f dB of the sine, at most %d", hz, side.name, db, maxLeak))
				}
				continue
			}
			if db := 20 * math.Log10(got/want); math.Abs(db) > maxLevel || math.IsNaN(db) {
				faults = append(faults, fmt.Sprintf("%d Hz on the %s is off its level by %.2f dB", hz, side.name, db))
			}
		}
	}
	return faults
}
