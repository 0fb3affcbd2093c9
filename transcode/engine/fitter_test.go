// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"slices"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
)

// A picture's time stamp is its number here; the slate's is slateMark, a part's beginning is beginMark.
const (
	slateMark = -1
	beginMark = -2
	onMark    = -3
)

func TestFitter(t *testing.T) {
	all := func(pictures ...int64) []int64 { return append([]int64{beginMark}, pictures...) }
	tests := []struct {
		name                      string
		places                    []int64 // of the pictures, in order
		want                      []int64 // shown at places 10 to 15
		repeated, dropped, slates int64
	}{
		{"each its own", all(9, 10, 11, 12, 13, 14, 15, 16), []int64{10, 11, 12, 13, 14, 15}, 0, 0, 0},
		{"a gap", all(10, 11, 14, 15, 16), []int64{10, 11, 11, 11, 14, 15}, 2, 0, 0},
		{"a gap at the beginning", all(8, 12, 13, 14, 15, 16), []int64{8, 8, 12, 13, 14, 15}, 2, 0, 0},
		{"time goes back", all(10, 11, 12, 11, 13, 14, 15, 16), []int64{10, 11, 12, 13, 14, 15}, 0, 1, 0},
		{"the source goes on in a long gap", all(2, 30), []int64{2, 2, 2, 2, 2, 2}, 6, 0, 0},
		{"more follows", all(10, onMark), []int64{10, 10, 10, 10, 10, 10}, 5, 0, 0},
		{"the source ends", all(10), []int64{10, 10, 10, 10, slateMark, slateMark}, 3, 0, 2},
		{"the source ended before", all(8), []int64{8, 8, slateMark, slateMark, slateMark, slateMark}, 2, 0, 4},
		{"the source ended long before", all(2), []int64{slateMark, slateMark, slateMark, slateMark, slateMark, slateMark}, 0, 0, 6},
		{"it begins soon", all(13, 14, 15, 16), []int64{13, 13, 13, 13, 14, 15}, 3, 0, 0},
		{"it begins late", all(15, 16), []int64{slateMark, slateMark, 15, 15, 15, 15}, 3, 0, 2},
		{"it begins after the end", all(17), []int64{slateMark, slateMark, slateMark, slateMark, 17, 17}, 2, 0, 4},
		{"nothing", nil, []int64{slateMark, slateMark, slateMark, slateMark, slateMark, slateMark}, 0, 0, 6},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, shown := newTestFitter(rung.Interval{First: 10, Frames: 6})
			defer f.Close()
			for _, p := range test.places {
				feed(t, f, p, 0, 1<<40)
			}
			if err := f.finish(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(*shown, test.want) {
				t.Errorf("shown %v, want %v", *shown, test.want)
			}
			if f.repeated != test.repeated || f.dropped != test.dropped || f.slates != test.slates {
				t.Errorf("repeated %d, dropped %d, slates %d; want %d, %d, %d", f.repeated, f.dropped, f.slates, test.repeated, test.dropped, test.slates)
			}
		})
	}
}

// In a gap of a live source the last picture stands for a second, 3 places here, and then the slate until the next has come:
// a picture that stood before its time would look as if the source were back and had stopped. Only as the timeline begins
// the first picture stands in for what is not there yet.
func TestFitterLive(t *testing.T) {
	for _, test := range []struct {
		name   string
		first  int64
		places []int64
		want   []int64
	}{
		{"each its own", 10, []int64{9, 10, 11, 12, 13, 14, 15, 16}, []int64{10, 11, 12, 13, 14, 15}},
		{"a short gap", 10, []int64{10, 13, 14, 15, 16}, []int64{10, 10, 10, 13, 14, 15}},
		{"a gap over a second", 10, []int64{9, 10, 15, 16}, []int64{10, 10, 10, 10, slateMark, 15}},
		{"it began before", 10, []int64{8, 14, 15, 16}, []int64{8, 8, slateMark, slateMark, 14, 15}},
		{"it is back in mid-segment", 10, []int64{13, 14, 15, 16}, []int64{slateMark, slateMark, slateMark, 13, 14, 15}},
		{"the timeline begins", 0, []int64{2, 3, 4, 5, 6}, []int64{2, 2, 2, 3, 4, 5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, shown := newTestFitter(rung.Interval{First: test.first, Frames: 6})
			defer f.Close()
			f.live = true
			feed(t, f, beginMark, -1<<40, 1<<40)
			for _, p := range test.places {
				feed(t, f, p, 0, 0)
			}
			if err := f.finish(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(*shown, test.want) {
				t.Errorf("shown %v, want %v", *shown, test.want)
			}
		})
	}
}

// Two pictures that fall on one place: the later is shown.
func TestFitterLaterWins(t *testing.T) {
	f, shown := newTestFitter(rung.Interval{First: 10, Frames: 2})
	defer f.Close()
	feed(t, f, beginMark, 0, 100)
	for mark, place := range []int64{10, 10, 11, 11, 12} {
		if err := f.put(marked(int64(mark)), place); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int64{1, 3}; !slices.Equal(*shown, want) || f.dropped != 2 {
		t.Errorf("shown %v with %d dropped, want %v with 2", *shown, f.dropped, want)
	}
}

// A part fills its own places only; what it has before them stands in for a gap, what is missing between two parts is the
// first one's to hold.
func TestFitterParts(t *testing.T) {
	f, shown := newTestFitter(rung.Interval{First: 10, Frames: 8})
	defer f.Close()
	feed(t, f, beginMark, 0, 12)
	for _, p := range []int64{10, 11, 12, 13} {
		feed(t, f, p, 0, 0)
	}
	feed(t, f, beginMark, 14, 100)
	for _, p := range []int64{12, 13, 15, 16, 17, 18} {
		feed(t, f, p, 0, 0)
	}
	if want := []int64{10, 11, 11, 11, 13, 15, 16, 17}; !slices.Equal(*shown, want) {
		t.Errorf("shown %v, want %v", *shown, want)
	}
}

// newTestFitter makes a fitter on a grid of 3 pictures a second that notes what is shown.
func newTestFitter(interval rung.Interval) (*fitter, *[]int64) {
	shown := &[]int64{}
	return newFitter(interval, rung.R(3, 1), func() *astiav.Frame { return marked(slateMark) }, func(p gridPicture) error {
		*shown = append(*shown, p.frame.Pts())
		p.frame.Free()
		return nil
	}), shown
}

func marked(mark int64) *astiav.Frame {
	f := astiav.AllocFrame()
	f.SetWidth(16)
	f.SetHeight(16)
	f.SetPixelFormat(astiav.PixelFormatYuv420P)
	if err := f.AllocBuffer(0); err != nil {
		panic(err)
	}
	f.SetPts(mark)
	return f
}

// feed gives the fitter the picture whose place is its mark, or begins a part or goes on.
func feed(t *testing.T, f *fitter, mark, from, to int64) {
	t.Helper()
	var err error
	switch mark {
	case beginMark:
		err = f.begin(from, to)
	case onMark:
		err = f.goOn()
	default:
		err = f.put(marked(mark), mark)
	}
	if err != nil {
		t.Fatal(err)
	}
}
