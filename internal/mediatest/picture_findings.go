package mediatest

import (
	"fmt"
	"math"
	"slices"
)

// gridError is how far a picture's time stamp may be from the grid, in seconds: it is a rounding of the arithmetic here.
const gridError = 1e-6

// PictureFindings are what the pictures of one rendition show.
type PictureFindings struct {
	Pictures       int
	First, Last    int64 // numbers
	Lost, Repeated int64
	// Origin is the media time of the pattern's picture 0, in seconds.
	Origin float64
}

// look counts the pictures, which are to follow each other in order. Faults are for people.
func (f *PictureFindings) look(pictures []Picture, o order) (faults []string) {
	f.Pictures = len(pictures)
	if len(pictures) < 2 {
		return []string{fmt.Sprintf("%d pictures", len(pictures))}
	}
	f.First, f.Last = pictures[0].Number, pictures[len(pictures)-1].Number
	times := runs(pictures)
	for i := 1; i < len(pictures); i++ {
		before, n := pictures[i-1].Number, pictures[i].Number
		d := n - o.next(before, times[i-1])
		if d == 0 {
			continue
		}
		if d > 0 {
			f.Lost += d
		} else {
			f.Repeated++
		}
		faults = append(faults, fmt.Sprintf("picture %d is followed by %d", before, n))
	}
	return faults
}

// runs counts how many times in a row each picture's number has been there.
func runs(pictures []Picture) []int64 {
	times := make([]int64, len(pictures))
	for i, p := range pictures {
		times[i] = 1
		if i > 0 && pictures[i-1].Number == p.Number {
			times[i] = times[i-1] + 1
		}
	}
	return times
}

// place finds the origin, and holds each picture's time stamp and flash against its number.
func (f *PictureFindings) place(pictures []Picture, o order) (faults []string) {
	if len(pictures) == 0 {
		return nil
	}
	origins := make([]float64, len(pictures))
	times := runs(pictures)
	for i, p := range pictures {
		origins[i] = p.Time - o.at(p.Number, times[i])
	}
	sorted := slices.Sorted(slices.Values(origins))
	f.Origin = sorted[len(sorted)/2]
	for i, p := range pictures {
		if math.Abs(origins[i]-f.Origin) > gridError {
			faults = append(faults, fmt.Sprintf("picture %d is %.3f ms beside its time", p.Number, 1000*(origins[i]-f.Origin)))
		}
		if p.Flash != flashes(p.Number, o.rate) {
			faults = append(faults, fmt.Sprintf("picture %d flashes: %t", p.Number, p.Flash))
		}
	}
	return faults
}
