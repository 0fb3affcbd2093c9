// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"rung"
)

// material is stereo sound to encode, at rung.AudioRate; full scale is 1. It is the same in every run.
type material [2][]float64

// sineMaterial is a tone of 997 Hz.
func sineMaterial(samples int) material {
	var m material
	for i := range samples {
		v := 0.25 * math.Sin(2*math.Pi*997*float64(i)/rung.AudioRate)
		m[0], m[1] = append(m[0], v), append(m[1], v)
	}
	return m
}

// voice is what a speaker's mouth does in one sound.
type voice struct {
	seconds  float64
	formants [3]float64 // Hz; none: no vowel
	hiss     float64    // Hz around which breath sounds; 0: none
	level    float64
}

// voices are the sounds of the speech: vowels by the formants of a man's (Peterson and Barney, 1952), hissing and bursting
// consonants, and pauses.
var voices = []voice{
	{0.21, [3]float64{730, 1090, 2440}, 0, 1}, {0.09, [3]float64{}, 5200, 0.25}, {0.17, [3]float64{270, 2290, 3010}, 0, 0.8},
	{0.05, [3]float64{}, 0, 0}, {0.012, [3]float64{}, 2500, 0.9}, {0.24, [3]float64{570, 840, 2410}, 0, 1},
	{0.13, [3]float64{300, 870, 2240}, 3800, 0.5}, {0.16, [3]float64{530, 1840, 2480}, 0, 0.9}, {0.11, [3]float64{}, 6800, 0.3},
	{0.31, [3]float64{}, 0, 0}, {0.02, [3]float64{}, 1500, 0.7}, {0.19, [3]float64{640, 1190, 2390}, 0, 0.9},
	{0.07, [3]float64{250, 1000, 2100}, 0, 0.4}, {0.26, [3]float64{490, 1350, 1690}, 0, 0.8},
}

// speechMaterial is like a man's speech: pulses at a pitch that rises and falls, through the resonances of the mouth, with
// breath for the consonants and pauses between, in the middle of a room.
func speechMaterial(samples int) material {
	random := rand.New(rand.NewPCG(7, 11))
	var formants [3]resonator
	var breath resonator
	var m material
	phase := 0.0
	for n := 0; len(m[0]) < samples; n++ {
		v := voices[(n*5+n/len(voices))%len(voices)]
		length := int(v.seconds * rung.AudioRate * (0.8 + 0.4*random.Float64()))
		for i := 0; i < length && len(m[0]) < samples; i++ {
			edge := min(1, float64(min(i, length-i))/240)
			t := float64(len(m[0])) / rung.AudioRate
			phase += (112 + 18*math.Sin(2*math.Pi*0.7*t) + 6*math.Sin(2*math.Pi*5.1*t)) / rung.AudioRate
			pulse := 0.0
			if phase >= 1 {
				phase, pulse = phase-1, 1
			}
			sound := 0.0
			if v.formants[0] > 0 {
				for k, hertz := range v.formants {
					sound += formants[k].pass(pulse, hertz, 60+40*float64(k)) * []float64{1, 0.6, 0.3}[k]
				}
			}
			if v.hiss > 0 {
				sound += breath.pass(random.NormFloat64()*0.02, v.hiss, 1500)
			}
			sound = 0.35*edge*v.level*sound + 1e-4*random.NormFloat64()
			m[0], m[1] = append(m[0], sound), append(m[1], 0.9*sound+2e-5*random.NormFloat64())
		}
	}
	return m
}

// resonator is a filter of two poles.
type resonator struct{ y1, y2 float64 }

// pass filters a sample around a frequency with a bandwidth, both in Hz.
func (r *resonator) pass(x, hertz, width float64) float64 {
	radius := math.Exp(-math.Pi * width / rung.AudioRate)
	y := x + 2*radius*math.Cos(2*math.Pi*hertz/rung.AudioRate)*r.y1 - radius*radius*r.y2
	r.y1, r.y2 = y, r.y1
	return y * (1 - radius) * 8
}

// chords are the notes of the music, in half-tones from 220 Hz.
var chords = [][]float64{{0, 3, 7, 12}, {-4, 0, 3, 8}, {-9, -2, 3, 7}, {-2, 2, 5, 10}}

// musicMaterial is like a band: chords of plucked strings with many partials, spread over both sides, over a bass, a drum
// and a cymbal.
func musicMaterial(samples int) material {
	random := rand.New(rand.NewPCG(3, 5))
	m := material{make([]float64, samples), make([]float64, samples)}
	const beat = rung.AudioRate * 12 / 25 // 0.48 s
	for n := 0; n*beat < samples; n++ {
		chord := chords[n/4%len(chords)]
		for k, note := range chord {
			hertz := 220 * math.Pow(2, note/12)
			m.pluck(n*beat+k*900, hertz, 0.05, 0.9, float64(k)/3)
		}
		m.pluck(n*beat, 55*math.Pow(2, chord[0]/12), 0.12, 0.5, 0.5)
		m.strike(n*beat, 55, 0.25, 0.08, 0)
		m.strike(n*beat+beat/2, 0, 0.08, 0.03, random.Uint64())
	}
	return m
}

// pluck adds a string: its partials die away the faster the higher they are. side is from 0 (left) to 1.
func (m *material) pluck(at int, hertz, level, seconds, side float64) {
	for partial := 1.0; partial <= 12 && partial*hertz < 15000; partial++ {
		decay := math.Exp(-partial / (1.5 * seconds * rung.AudioRate))
		sin, cos := math.Sincos(2 * math.Pi * hertz * partial * (1 + 0.0002*partial) / rung.AudioRate)
		x, y := level/partial, 0.0 // turns by one sample at a time
		for i := at; i < min(len(m[0]), at+rung.AudioRate); i++ {
			m[0][i] += y * (1 - side)
			m[1][i] += y * side
			x, y = decay*(x*cos-y*sin), decay*(x*sin+y*cos)
		}
	}
}

// strike adds a drum of a pitch, or a cymbal (noise, by seed) where that is 0.
func (m *material) strike(at int, hertz, level, seconds float64, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	decay := math.Exp(-1 / (seconds * rung.AudioRate))
	for i := at; i < min(len(m[0]), at+rung.AudioRate/2); i++ {
		v := level * random.NormFloat64()
		if t := float64(i-at) / rung.AudioRate; hertz > 0 {
			v = level * math.Sin(2*math.Pi*hertz*t*(1+math.Exp(-30*t)))
		}
		m[0][i] += v
		m[1][i] += v
		level *= decay
	}
}

// wav puts the material into a file, in 32-bit floating point.
func (m material) wav() []byte {
	var data []byte
	for i := range m[0] {
		for c := range m {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(m[c][i])))
		}
	}
	head := []byte("RIFF")
	head = binary.LittleEndian.AppendUint32(head, uint32(36+len(data)))
	head = append(head, "WAVEfmt "...)
	head = binary.LittleEndian.AppendUint32(head, 16)
	head = binary.LittleEndian.AppendUint16(head, 3) // IEEE floating point
	head = binary.LittleEndian.AppendUint16(head, 2)
	head = binary.LittleEndian.AppendUint32(head, rung.AudioRate)
	head = binary.LittleEndian.AppendUint32(head, rung.AudioRate*8)
	head = binary.LittleEndian.AppendUint16(head, 8)
	head = binary.LittleEndian.AppendUint16(head, 32)
	head = append(head, "data"...)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(data)))
	return append(head, data...)
}
