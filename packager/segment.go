package packager

import "rung"

// segment is one number of a session in all renditions, as the state keeps it.
type segment struct {
	Period   int64         `json:"p"`
	Number   int64         `json:"n"`
	Interval rung.Interval `json:"i"`
	TimeUS   int64         `json:"t"` // wall-clock time of the first frame, in microseconds since 1970
	// Bytes are the sizes of its objects by the period's tracks, gap where there is none; nil where all are gaps.
	Bytes []int64 `json:"b,omitempty"`
	// Discontinuity says that it begins a period and another segment was listed before.
	Discontinuity bool `json:"d,omitempty"`
}

// gap is the size of an object that is not there.
const gap = -1

// bytes is the size of the i-th track's object, gap where there is none.
func (s segment) bytes(i int) int64 {
	if i < 0 || i >= len(s.Bytes) {
		return gap
	}
	return s.Bytes[i]
}

// segmentOf is a finished result's segment; Period is not set yet.
func segmentOf(r rung.Result) segment {
	s := segment{Number: r.ID.Number, Interval: r.Interval, TimeUS: r.Time.UnixMicro(), Bytes: make([]int64, len(r.Tracks))}
	for i, t := range r.Tracks {
		if s.Bytes[i] = t.Bytes; t.Gap || t.Bytes <= 0 {
			s.Bytes[i] = gap
		}
	}
	return s
}

// span is when a segment's media of one type begins, in microseconds from its first frame, and how long it lasts. Sound
// has a grid of its own: at some rates its frames begin up to 21 ms after the pictures.
func (s segment) span(kind string, grid rung.Grid) (offset, durationUS int64) {
	from, to := grid.Micros(s.Interval.First), grid.Micros(s.Interval.End())
	if kind != audio {
		return 0, to - from
	}
	begin, end := audioMicros(s.Interval.AudioFirst), audioMicros(s.Interval.AudioEnd())
	return begin - from, end - begin
}

// audioMicros is when audio frame n begins, in microseconds from the origin, rounded.
func audioMicros(n int64) int64 {
	return rung.Rescale(n, rung.Rational{Num: rung.AudioFrame, Den: rung.AudioRate}, rung.Rational{Num: 1, Den: 1_000_000})
}

// sample is what the segment weighs in a rendition's rates; ok is false where it is a gap.
func (s segment) sample(p *period, id, kind string) (_ sample, ok bool) {
	n := s.bytes(p.index(id))
	_, duration := s.span(kind, p.Grid)
	return sample{Bytes: n, DurationUS: duration}, n != gap
}
