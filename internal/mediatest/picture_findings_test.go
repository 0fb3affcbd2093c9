package mediatest

import (
	"slices"
	"strings"
	"testing"

	"rung"
)

func picturesOf(rate rung.Rational, n int64) []Picture {
	var all []Picture
	for k := range n {
		all = append(all, Picture{Number: k, Flash: flashes(k, rate), Time: 10 + float64(k*rate.Den)/float64(rate.Num)})
	}
	return all
}

// Pictures as they have to be give no fault, and each thing that can be wrong with them gives one that names it.
func TestPictureFaults(t *testing.T) {
	rate := rung.R(30000, 1001)
	o := order{rate: rate, step: 1}
	for _, c := range []struct {
		name           string
		doctor         func([]Picture) []Picture
		lost, repeated int64
		want           string
	}{
		{"as they are", func(p []Picture) []Picture { return p }, 0, 0, ""},
		{"one dropped", func(p []Picture) []Picture { return slices.Delete(p, 40, 41) }, 1, 0, "picture 39 is followed by 41"},
		{"one shown instead of the next", func(p []Picture) []Picture { p[40].Number = 39; return p }, 1, 1, "picture 39 is followed by 39"},
		{"one twice", func(p []Picture) []Picture { return slices.Insert(p, 40, p[39]) }, 0, 1, "picture 39 is followed by 39"},
		{"two exchanged", func(p []Picture) []Picture { p[40].Number, p[41].Number = 41, 40; return p }, 2, 1, "picture 41 is followed by 40"},
		{"one late", func(p []Picture) []Picture { p[40].Time += 0.001; return p }, 0, 0, "picture 40 is 1.000 ms beside its time"},
		{"another's flash", func(p []Picture) []Picture { p[60].Flash, p[61].Flash = false, true; return p }, 0, 0, "picture 61 flashes: true"},
		{"none", func([]Picture) []Picture { return nil }, 0, 0, "0 pictures"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pictures := c.doctor(picturesOf(rate, 90))
			var f PictureFindings
			faults := strings.Join(append(f.look(pictures, o), f.place(pictures, o)...), "; ")
			if f.Lost != c.lost || f.Repeated != c.repeated || c.want == "" && faults != "" || !strings.Contains(faults, c.want) {
				t.Errorf("%d lost, %d repeated: %q, want %d, %d: %q", f.Lost, f.Repeated, faults, c.lost, c.repeated, c.want)
			}
		})
	}
}

// Film whose pulldown is kept shows every second picture of four twice, evenly; anything else is told.
func TestPulldownFaults(t *testing.T) {
	film := order{rate: rung.R(24000, 1001), step: 1, kept: true}
	for _, c := range []struct {
		name    string
		numbers []int64
		want    string
	}{
		{"as it is", []int64{0, 1, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 9}, ""},
		{"restored", []int64{0, 1, 2, 3, 4, 5, 6, 7}, "picture 1 is followed by 2"},
		{"another repeated", []int64{0, 1, 2, 2, 3, 4, 5, 5, 6, 7}, "picture 2 is followed by 2"},
		{"one lost", []int64{0, 1, 1, 2, 2, 4, 5, 5, 6, 7}, "picture 2 is followed by 4"},
	} {
		var pictures []Picture
		for i, n := range c.numbers {
			pictures = append(pictures, Picture{Number: n, Flash: flashes(n, film.rate), Time: 10 + float64(i)*1001/30000})
		}
		var f PictureFindings
		faults := strings.Join(append(f.look(pictures, film), f.place(pictures, film)...), "; ")
		if c.want == "" && faults != "" || !strings.Contains(faults, c.want) {
			t.Errorf("%s: %q, want %q", c.name, faults, c.want)
		}
	}
}
