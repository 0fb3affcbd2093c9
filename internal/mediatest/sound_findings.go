package mediatest

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Tolerances of the sound.
const (
	maxBreak = -26.0     // dB of the sine in any 5 ms: one sample missing, doubled or zeroed gives -21 or more
	overOwn  = 3.0       // dB: where the source's own coding leaves more than that, so much more may be there
	maxBeep  = 0.001     // seconds that any beep may be beside its flash, as far as a beep can be measured
	maxSync  = 1. / rate // seconds that the sound may be beside the pictures, by the sine's phase: a sample
	maxSlip  = 0.001     // the same, where the source's clock is off: its own time stamps say no better at first
	maxFine  = 0.4e-3    // seconds that beep and phase may differ by: under half of the sine's period
	edge     = 0.1       // seconds at each end of the sound that are the source encoder's own
	maxEdge  = 0.06      // seconds: sound begins and ends with the codecs' whole frames
)

// span is a stretch of samples, [from, to).
type span struct{ from, to int }

// SoundFindings are what the sound shows.
type SoundFindings struct {
	Seconds    float64 // of sound
	From, To   float64 // what of the pattern's time is heard, in seconds
	Break      float64 // the worst 5 ms: what is there beside the sine, in dB of the sine
	BreakAt    float64 // where, in seconds of the pattern's time
	Sync, Late float64 // beep minus flash at the beginning and at the end, in seconds
	Left       map[int]float64
	Right      map[int]float64 // levels of the pattern's tones, by hertz, of 32768
}

// listen measures the sound against a pattern whose picture 0 is shown at origin, on the media clock.
func (f *SoundFindings) listen(s *Sound, origin float64, want Expectation) (faults []string) {
	f.Seconds = float64(len(s.Left)) / rate
	from, to := s.audible()
	f.From, f.To = s.Start-origin+float64(from)/rate, s.Start-origin+float64(to)/rate
	if math.Abs(f.From-want.From) > maxEdge || math.Abs(f.To-want.To) > maxEdge {
		faults = append(faults, fmt.Sprintf("heard from %.3f to %.3f s, not from %.3f to %.3f", f.From, f.To, want.From, want.To))
	}
	from, to = from+edge*rate, to-edge*rate
	whole := (to - from) / rate * rate // tones are told apart over whole seconds
	if whole < 2*rate {
		return append(faults, fmt.Sprintf("%.3f s of sine in %.3f s of sound", float64(to-from)/rate, f.Seconds))
	}
	f.Left, f.Right = levels(s.Left, from, from+whole), levels(s.Right, from, from+whole)
	at := 0
	f.Break, at = s.worst(from, to, want)
	f.BreakAt = s.Start - origin + float64(at)/rate
	if f.Break > max(maxBreak, want.Break+overOwn) {
		faults = append(faults, fmt.Sprintf("the sine breaks at %.3f s: %.1f dB beside it, %.1f in the source", f.BreakAt, f.Break, want.Break))
	}
	most := maxSync
	if want.Drifts {
		most = maxSlip
	}
	faults = append(faults, f.hold(s, origin, span{from, to}, most)...)
	return append(faults, f.mixed(want.Channels)...)
}

// SourceBreak is what a source's own coding leaves beside the sine in the worst 5 ms, in dB of the sine.
func SourceBreak(ctx context.Context, path string, want Expectation) (float64, error) {
	s, err := Samples(ctx, path)
	if err != nil {
		return 0, err
	}
	from, to := s.audible()
	if from, to = from+edge*rate, to-edge*rate; to-from < 2*rate {
		return 0, fmt.Errorf("%s: %.3f s of sine", path, float64(to-from)/rate)
	}
	db, _ := s.worst(from, to, want)
	return db, nil
}

// levels are those of all the pattern's tones.
func levels(samples []int16, from, to int) map[int]float64 {
	m := map[int]float64{}
	for _, hz := range toneHz {
		m[hz] = fitTone(samples, from, to, hz).level
	}
	return m
}

// worst finds the 5 ms of the samples [from, to) in which most is left beside the tones on the left, in dB of the sine. In
// mono the beeps are there, too, and are left out. Where the clock drifts the tones are followed in tenths of a second.
func (s *Sound) worst(from, to int, want Expectation) (db float64, at int) {
	var residue []float64
	var sine float64
	if want.Drifts {
		const block = rate / 10 // at 100 ppm the phase moves by 3.6 degrees meanwhile
		for at := from; at+block <= to; at += block {
			part, level := s.residue(at, at+block)
			residue, sine = append(residue, part...), level
		}
	} else {
		residue, sine = s.residue(from, to)
	}
	var beeps []float64
	if want.Channels == 1 {
		beeps = s.Beeps()
	}
	db = math.Inf(-1)
	for i := 0; i+window <= len(residue); i += window {
		if inBeep(s.Start+float64(from+i)/rate, beeps) {
			continue
		}
		power := 0.0
		for _, v := range residue[i : i+window] {
			power += v * v
		}
		if d := 10 * math.Log10(power/(window*sine*sine/2)); d > db {
			db, at = d, from+i
		}
	}
	return db, at
}

// residue is what the samples [from, to) on the left have beside the tones, and the sine's level.
func (s *Sound) residue(from, to int) (residue []float64, sine float64) {
	residue = make([]float64, to-from)
	for i := range residue {
		residue[i] = float64(s.Left[from+i])
	}
	fitted := to
	if whole := (to - from) / rate * rate; whole > 0 {
		fitted = from + whole
	}
	for _, hz := range toneHz {
		t := fitTone(s.Left, from, fitted, hz)
		t.subtract(residue, from)
		if hz == sineHz {
			sine = t.level
		}
	}
	return residue, sine
}

// inBeep reports whether a beep, or what codecs smear of it, lies in the 5 ms from at on. Beeps last 20 ms.
func inBeep(at float64, beeps []float64) bool {
	i, _ := slices.BinarySearch(beeps, at-0.085)
	return i < len(beeps) && at > beeps[i]-0.065
}

// hold measures how the sound lies against the pictures: by the beeps to half a millisecond, then by the sine's phase to a
// part of a sample.
func (f *SoundFindings) hold(s *Sound, origin float64, heard span, most float64) (faults []string) {
	beeps := map[float64]float64{} // second of the pattern: beep minus that
	for _, b := range s.Beeps() {
		at := b - origin
		beeps[math.Round(at)] = at - math.Round(at)
	}
	first, last := math.Ceil(f.From+edge), math.Ceil(f.To-edge)-1
	var astray []string
	for second := first; second <= last; second++ {
		if d, ok := beeps[second]; !ok {
			astray = append(astray, fmt.Sprintf("that of second %v is missing", second))
		} else if math.Abs(d) > maxBeep+most {
			astray = append(astray, fmt.Sprintf("that of second %v is %.2f ms beside its flash", second, 1000*d))
		}
	}
	if len(astray) > 0 {
		faults = append(faults, fmt.Sprintf("%d of %v beeps are not with their flashes: %s", len(astray), last-first+1, astray[0]))
	}
	var agree, still bool
	f.Sync, agree = fine(s, origin, heard.from, beeps[first])
	f.Late, still = fine(s, origin, heard.to-rate, beeps[last])
	if !agree || !still {
		faults = append(faults, fmt.Sprintf("sine and beep contradict each other: sync %.3f and %.3f ms", 1000*f.Sync, 1000*f.Late))
	}
	if max(math.Abs(f.Sync), math.Abs(f.Late)) > most {
		faults = append(faults, fmt.Sprintf("the sound is beside the pictures by %.3f ms at the beginning, %.3f ms at the end", 1000*f.Sync, 1000*f.Late))
	}
	return faults
}

// fine is how much later the sound is heard than it belongs, in seconds, by the sine's phase in the second from sample from
// on. The beep says which of the sine's periods it is; ok says that the two agree.
func fine(s *Sound, origin float64, from int, beep float64) (late float64, ok bool) {
	t := fitTone(s.Left, from, from+rate, sineHz)
	// At the pattern's time 0 the phase is 0: the pattern's time of sample 0 is phase/(2 pi hz), but for whole periods.
	late = s.Start - origin - t.phase/(2*math.Pi*sineHz)
	late -= math.Round((late-beep)*sineHz) / sineHz
	return late, math.Abs(late-beep) < maxFine
}

// audible are the samples between which the sine is heard: [from, to).
func (s *Sound) audible() (from, to int) {
	_, levels := s.follow()
	if len(levels) == 0 {
		return 0, 0
	}
	loud := slices.Max(levels) / 2
	if loud < 500 {
		return 0, 0
	}
	first := slices.IndexFunc(levels, func(l float64) bool { return l > loud })
	last := len(levels) - 1
	for levels[last] <= loud {
		last--
	}
	return first * window, (last + 1) * window
}
