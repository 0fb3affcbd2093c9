package mediatest

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// plain is a source of stereo sound as long as soundOf makes it.
func plain(seconds int) Expectation {
	return Expectation{Channels: 2, To: float64(seconds), Break: -80}
}

// soundOf is the pattern's sound, from the pattern's time 0 on.
func soundOf(seconds int) *Sound {
	s := &Sound{Start: 10}
	for i := range seconds * rate {
		at := i % rate
		s.Left = append(s.Left, int16(sineLevel*math.Sin(2*math.Pi*sineHz*float64(at)/rate)))
		beep := 0.0
		if at < rate/50 {
			beep = 16000 * math.Sin(2*math.Pi*burstHz*float64(at)/rate)
		}
		s.Right = append(s.Right, int16(beep))
	}
	return s
}

// shifted is the sound with n samples of silence before it.
func shifted(s *Sound, n int) *Sound {
	quiet := make([]int16, n)
	return &Sound{Left: slices.Concat(quiet, s.Left), Right: slices.Concat(quiet, s.Right), Start: s.Start}
}

// Sound as it has to be gives no fault, and each thing that can be wrong with it gives one that names it.
func TestSoundFaults(t *testing.T) {
	const seconds, middle = 6, 3*rate + 777
	for _, c := range []struct {
		name   string
		doctor func(*Sound) *Sound
		want   string // in the faults; empty: there are none
	}{
		{"as it is", func(s *Sound) *Sound { return s }, ""},
		{"a sample missing", func(s *Sound) *Sound {
			s.Left, s.Right = slices.Delete(s.Left, middle, middle+1), slices.Delete(s.Right, middle, middle+1)
			return s
		}, "the sine breaks at"},
		{"a sample twice", func(s *Sound) *Sound {
			s.Left, s.Right = slices.Insert(s.Left, middle, s.Left[middle]), slices.Insert(s.Right, middle, s.Right[middle])
			return s
		}, "the sine breaks at"},
		{"a sample at its peak lost", func(s *Sound) *Sound { s.Left[middle-middle%rate+12+48*11] = 0; return s }, "the sine breaks at 3.0"},
		{"40 ms of silence", func(s *Sound) *Sound { clear(s.Left[middle : middle+1920]); return s }, "the sine breaks at 3.0"},
		{"60 ms late", func(s *Sound) *Sound { return shifted(s, 2880) }, "that of second 1 is 60.00 ms beside its flash"},
		{"60 ms early", func(s *Sound) *Sound { s.Left, s.Right = s.Left[2880:], s.Right[2880:]; return s }, "that of second 1 is -60.00 ms beside its flash"},
		{"two samples late", func(s *Sound) *Sound { return shifted(s, 2) }, "beside the pictures by 0.042 ms at the beginning, 0.042"},
		{"a beep missing", func(s *Sound) *Sound { clear(s.Right[4*rate : 4*rate+960]); return s }, "1 of 5 beeps are not with their flashes: that of second 4 is missing"},
		{"the end missing", func(s *Sound) *Sound { s.Left, s.Right = s.Left[:5*rate], s.Right[:5*rate]; return s }, "heard from 0.000 to 5.000 s, not from 0.000 to 6.000"},
		{"half as loud", func(s *Sound) *Sound { s.scale(0.5); return s }, "997 Hz on the left is off its level by -6.02 dB"},
		{"the sine on both sides", func(s *Sound) *Sound { copy(s.Right[rate:], s.Left[rate:]); return s }, "997 Hz on the right:"},
		{"silence", func(s *Sound) *Sound { s.scale(0); return s }, "heard from 0.000 to 0.000 s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f SoundFindings
			faults := strings.Join(f.listen(c.doctor(soundOf(seconds)), 10, plain(seconds)), "; ")
			if c.want == "" && faults != "" || !strings.Contains(faults, c.want) {
				t.Errorf("faults %q, want %q", faults, c.want)
			}
		})
	}
}

func (s *Sound) scale(by float64) {
	for i := range s.Left {
		s.Left[i], s.Right[i] = int16(by*float64(s.Left[i])), int16(by*float64(s.Right[i]))
	}
}

// A noisy source's own noise is no fault, but a missing sample still is.
func TestSoundOfNoisySource(t *testing.T) {
	want := plain(4)
	want.Break = -24
	noisy := soundOf(4)
	for i := range noisy.Left {
		noisy.Left[i] += int16(300 * math.Sin(2*math.Pi*433*float64(i)/rate))
	}
	var f SoundFindings
	if faults := f.listen(noisy, 10, want); len(faults) > 0 || f.Break > -24 || f.Break < -32 {
		t.Errorf("%.1f dB beside the sine: %q", f.Break, faults)
	}
	noisy.Left = slices.Delete(noisy.Left, 100_000, 100_001)
	noisy.Right = slices.Delete(noisy.Right, 100_000, 100_001)
	if faults := strings.Join(f.listen(noisy, 10, want), "; "); !strings.Contains(faults, "the sine breaks") {
		t.Errorf("a missing sample gives %.1f dB: %q", f.Break, faults)
	}
}

// Where the source's clock drifts, its slow turn of phase is no break, and a missing sample still is.
func TestSoundOfDriftingSource(t *testing.T) {
	want := plain(4)
	want.Drifts = true
	slow := soundOf(4)
	for i := range slow.Left {
		slow.Left[i] = int16(sineLevel * math.Sin(2*math.Pi*sineHz*(float64(i)*(1+30e-6)-2.88)/rate))
	}
	var f SoundFindings
	if faults := f.listen(slow, 10, want); len(faults) > 0 {
		t.Errorf("%.1f dB beside the sine: %q", f.Break, faults)
	}
	slow.Left, slow.Right = slices.Delete(slow.Left, 100_000, 100_001), slices.Delete(slow.Right, 100_000, 100_001)
	if faults := strings.Join(f.listen(slow, 10, want), "; "); !strings.Contains(faults, "the sine breaks") {
		t.Errorf("a missing sample gives %.1f dB: %q", f.Break, faults)
	}
}

// Surround that is not mixed by ITU-R BS.775 is told.
func TestMixFaults(t *testing.T) {
	left, right := mix(6)
	f := SoundFindings{Left: map[int]float64{}, Right: map[int]float64{}}
	for hz, l := range left {
		f.Left[hz] = l
	}
	for hz, l := range right {
		f.Right[hz] = l
	}
	if faults := f.mixed(6); len(faults) > 0 {
		t.Errorf("as it has to be: %q", faults)
	}
	f.Left[centreHz] *= math.Sqrt2
	f.Right[lfeHz] = 400
	if faults := strings.Join(f.mixed(6), "; "); !strings.Contains(faults, "1499 Hz on the left is off its level by 3.01 dB") || !strings.Contains(faults, "61 Hz on the right:") {
		t.Errorf("%q", faults)
	}
}
