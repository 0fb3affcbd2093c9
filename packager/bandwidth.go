package packager

// sample is what a rate is measured on: one segment of one rendition.
type sample struct {
	Bytes      int64
	DurationUS int64
}

// peakRate is the peak segment bit rate in bit/s, rounded up: the largest rate of any run of segments whose duration is
// between 0.5 and 1.5 target durations (RFC 8216bis, 4.4.6.2). Where no run is, it is the rate of all.
func peakRate(samples []sample, target int64) int64 {
	var best int64
	for i := range samples {
		var run sample
		for _, s := range samples[i:] {
			run.Bytes += s.Bytes
			run.DurationUS += s.DurationUS
			if 2*run.DurationUS > 3*target*1e6 {
				break
			}
			if 2*run.DurationUS >= target*1e6 {
				best = max(best, run.rate())
			}
		}
	}
	if best == 0 {
		return meanRate(samples)
	}
	return best
}

// meanRate is the average segment bit rate in bit/s, rounded up.
func meanRate(samples []sample) int64 {
	var all sample
	for _, s := range samples {
		all.Bytes += s.Bytes
		all.DurationUS += s.DurationUS
	}
	return all.rate()
}

// rate is in bit/s, rounded up; 0 for no duration.
func (s sample) rate() int64 {
	if s.DurationUS <= 0 {
		return 0
	}
	return (s.Bytes*8*1e6 + s.DurationUS - 1) / s.DurationUS
}

// rates are the figures of one variant, video and audio together, in bit/s.
type rates struct {
	Peak int64 `json:"peak"`
	Mean int64 `json:"mean"`
}

// declare gives what a live master playlist shall declare where it has declared r so far and the window's figures are
// measured. A window changes with each segment, a master playlist is read once, so what is declared has room above the
// peak, and is kept as long as it is not below the peak and not above 1.8 times the peak.
func (r rates) declare(measured rates) rates {
	switch {
	case measured.Peak == 0:
		return r // nothing but gaps
	case r.Peak < measured.Peak:
		return rates{Peak: measured.Peak * 5 / 4, Mean: measured.Mean}
	case r.Peak*5 > measured.Peak*9:
		// What has been higher may be so again: half as much again leaves room to both sides.
		return rates{Peak: measured.Peak * 3 / 2, Mean: measured.Mean}
	case r.Mean*4 < measured.Mean*3 || r.Mean*4 > measured.Mean*5:
		return rates{Peak: r.Peak, Mean: measured.Mean}
	}
	return r
}
