package mediatest

import "math"

// tone is level * sin(2 pi hertz n / rate + phase), n being counted from the first sample of the track.
type tone struct {
	hertz        int
	level, phase float64
}

// fitTone finds a tone of a known frequency in the samples [from, to). It is exact over whole seconds, in which all
// frequencies of the pattern have whole numbers of periods and do not disturb one another.
func fitTone(samples []int16, from, to, hertz int) tone {
	var c, q float64
	w := newWave(hertz, from)
	for _, v := range samples[from:to] {
		s, k := w.next()
		q += float64(v) * s
		c += float64(v) * k
	}
	return tone{hertz: hertz, level: math.Hypot(c, q) * 2 / float64(to-from), phase: math.Atan2(c, q)}
}

// subtract takes the tone from residue, which begins with sample from of the track.
func (t tone) subtract(residue []float64, from int) {
	w := newWave(t.hertz, from)
	sine, cosine := t.level*math.Cos(t.phase), t.level*math.Sin(t.phase)
	for i := range residue {
		s, k := w.next()
		residue[i] -= sine*s + cosine*k
	}
}

// wave runs through the sine and cosine of a whole number of hertz, from a table of one second.
type wave struct{ hertz, at int }

var secondOfSine = func() (t [rate]float64) {
	for i := range t {
		t[i] = math.Sin(2 * math.Pi * float64(i) / rate)
	}
	return t
}()

func newWave(hertz, sample int) *wave { return &wave{hertz, sample % rate * hertz % rate} }

func (w *wave) next() (sine, cosine float64) {
	i := w.at
	if w.at += w.hertz; w.at >= rate {
		w.at -= rate
	}
	j := i + rate/4
	if j >= rate {
		j -= rate
	}
	return secondOfSine[i], secondOfSine[j]
}

// slidingLevels is the level of a tone in the span samples from each sample on.
func slidingLevels(samples []int16, hertz, span int) []float64 {
	if len(samples) < span {
		return nil
	}
	levels := make([]float64, 0, len(samples)-span)
	var c, q float64
	head, tail := newWave(hertz, 0), newWave(hertz, 0)
	for i, v := range samples {
		s, k := head.next()
		q += float64(v) * s
		c += float64(v) * k
		if i < span {
			continue
		}
		s, k = tail.next()
		q -= float64(samples[i-span]) * s
		c -= float64(samples[i-span]) * k
		levels = append(levels, math.Hypot(c, q)*2/float64(span))
	}
	return levels
}
