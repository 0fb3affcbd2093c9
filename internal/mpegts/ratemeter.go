package mpegts

import "rung"

// rateMeter measures a frame rate by decoding times, which rise evenly whatever the order of display.
type rateMeter struct {
	first, last    int64 // 1/90000 s
	frames         int64 // from first to last
	least, longest int64 // steps between them
	begun          bool
}

// enoughFrames is how many frames must have been seen for a rate to be told.
const enoughFrames = 12

// add takes the decoding time of the next frame. It begins anew where several frames share one, and at a step back.
func (m *rateMeter) add(dts int64, frames int) {
	if !m.begun {
		*m = rateMeter{first: dts, last: dts, begun: true, least: 1 << 62}
		return
	}
	if step := dts - m.last; step > 0 && frames == 1 {
		m.least, m.longest = min(m.least, step), max(m.longest, step)
		m.frames++
		m.last = dts
	} else {
		*m = rateMeter{}
	}
}

// rate is the measured rate if it is a standard one, and whether the frames came evenly.
func (m *rateMeter) rate() (rate rung.Rational, even bool) {
	if m.frames < enoughFrames {
		return rung.Rational{}, false
	}
	return snapRate(rung.R(m.frames*Timescale, m.last-m.first)), m.longest-m.least <= 2
}

// frame is a frame's duration in 1/90000 s: declared, else measured, else 0.
func (m *rateMeter) frame(declared rung.Rational) int64 {
	if declared.IsZero() {
		declared, _ = m.rate()
	}
	if declared.IsZero() {
		return 0
	}
	return rung.Rescale(1, declared.Inverse(), rung.Rational{Num: 1, Den: Timescale})
}

// standardRates are the frame rates in use.
var standardRates = []rung.Rational{
	{Num: 25, Den: 1}, {Num: 50, Den: 1}, {Num: 30000, Den: 1001}, {Num: 60000, Den: 1001}, {Num: 24, Den: 1},
	{Num: 24000, Den: 1001}, {Num: 30, Den: 1}, {Num: 60, Den: 1}, {Num: 48, Den: 1}, {Num: 48000, Den: 1001},
	{Num: 100, Den: 1}, {Num: 120, Den: 1}, {Num: 120000, Den: 1001}, {Num: 20, Den: 1}, {Num: 15, Den: 1},
	{Num: 15000, Den: 1001}, {Num: 25, Den: 2}, {Num: 12, Den: 1}, {Num: 10, Den: 1},
}

// snapRate gives the standard rate that r is within 1/4000 of, which keeps 24 and 24000/1001 apart; zero if there is
// none.
func snapRate(r rung.Rational) rung.Rational {
	for _, s := range standardRates {
		// |r - s| * 4000 <= s, in integers
		diff := r.Num*s.Den - s.Num*r.Den
		if max(diff, -diff)*4000 <= s.Num*r.Den {
			return s
		}
	}
	return rung.Rational{}
}
