// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"

	"github.com/asticode/go-astiav"

	"rung"
)

// resampleMargin is how many source samples beyond those that are heard the resampler is given on either side: more than
// its filter reaches at any rate.
const resampleMargin = 512

// soundRun is what one part has at one sampling rate: its samples by channel, in their places.
type soundRun struct {
	places   driftMap
	drifts   bool
	source   *rung.AudioSource
	bounds   span // output samples it may fill
	rate     int
	channels int
	first    int64 // the source sample that planes begin with; without drift it falls on output sample out exactly
	out      int64
	planes   [][]float32
	covered  []span // source samples that are there
}

// newSoundRun makes an empty run that reaches over the output samples of window and the resampler's margin on both sides.
func newSoundRun(source *rung.AudioSource, bounds span, rate, channels int, window span) *soundRun {
	r := &soundRun{places: newDriftMap(source, rate), drifts: len(source.Drift) > 0, source: source, bounds: bounds, rate: rate, channels: channels}
	up, down := ratesTo48k(rate)
	// Whole periods of up output samples, which are as long as down source samples: both grids meet there.
	from, _ := r.places.at(window.from)
	periods := floorDiv(from, down) - (resampleMargin+down-1)/down
	r.first, r.out = periods*down, periods*up
	last, _ := r.places.at(window.to)
	r.planes = make([][]float32, channels)
	for c := range r.planes {
		r.planes[c] = make([]float32, last+1+resampleMargin-r.first)
	}
	return r
}

// ratesTo48k gives the ratio of rung.AudioRate to rate in lowest terms: up output samples are as long as down source ones.
func ratesTo48k(rate int) (up, down int64) {
	q := rung.R(rung.AudioRate, int64(rate))
	return q.Num, q.Den
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func (r *soundRun) end() int64 { return r.first + int64(len(r.planes[0])) }

// place copies samples to at, as far as they lie within the run.
func (r *soundRun) place(channel int, at int64, samples []float32) {
	if skip := r.first - at; skip > 0 {
		samples, at = samples[min(skip, int64(len(samples))):], r.first
	}
	copy(r.planes[channel][at-r.first:], samples)
}

// cover notes that the samples of c are there.
func (r *soundRun) cover(c span) {
	if k := len(r.covered) - 1; k >= 0 && r.covered[k].to == c.from {
		r.covered[k].to = c.to
		return
	}
	r.covered = append(r.covered, c)
}

// render copies what the run has, at rung.AudioRate, into planes, which begin with output sample begin, and marks in heard
// what it filled.
func (r *soundRun) render(layout astiav.ChannelLayout, begin int64, planes [][]float32, heard []bool) error {
	window := span{begin, begin + int64(len(heard))}
	out, first, err := r.sounding(layout, window)
	if err != nil {
		return err
	}
	window.from, window.to = max(window.from, r.bounds.from), min(window.to, r.bounds.to, first+int64(len(out[0])))
	for _, c := range r.covered {
		// An output sample is there if the source sample at its instant is.
		from := r.places.first(c.from, window.from, window.to)
		to := r.places.first(c.to, from, window.to)
		if from >= to {
			continue
		}
		for ch := range planes {
			copy(planes[ch][from-begin:to-begin], out[ch][from-first:])
		}
		for k := from - begin; k < to-begin; k++ {
			heard[k] = true
		}
	}
	return nil
}

// sounding are the run's samples at rung.AudioRate from output sample first on, at the least those of window.
func (r *soundRun) sounding(layout astiav.ChannelLayout, window span) (planes [][]float32, first int64, err error) {
	if !r.drifts {
		planes, err = r.resampled(layout)
		return planes, r.out, err
	}
	// Before the drift begins the segment before had none: there the samples have to be those that it has.
	level := min(max(r.places.level(), window.from), window.to)
	planes = make([][]float32, r.channels)
	if level > window.from {
		exact, err := r.resampled(layout)
		if err != nil {
			return nil, 0, err
		}
		for c := range planes {
			planes[c] = append(planes[c], exact[c][window.from-r.out:level-r.out]...)
		}
	}
	r.follow(planes, level, window.to)
	return planes, window.from, nil
}

// follow appends output samples [from, to) to planes, each read where the drift has it.
func (r *soundRun) follow(planes [][]float32, from, to int64) {
	filter := newFractionalFilter(r.rate)
	var weights []float64
	for out := from; out < to; out++ {
		whole, fraction := r.places.at(out)
		at := whole - r.first
		if fraction == 0 && filter.scale == 1 {
			for c := range planes {
				planes[c] = append(planes[c], r.planes[c][at])
			}
			continue
		}
		weights = filter.weights(fraction, weights)
		for c := range planes {
			planes[c] = append(planes[c], filter.read(r.planes[c], at, weights))
		}
	}
}

// resampled are the run's samples at rung.AudioRate from output sample out on, where there is no drift.
func (r *soundRun) resampled(layout astiav.ChannelLayout) ([][]float32, error) {
	if r.rate == rung.AudioRate {
		return r.planes, nil
	}
	src, err := newSoundFrame(layout, r.rate, len(r.planes[0]))
	if err != nil {
		return nil, err
	}
	defer src.Free()
	for c, p := range r.planes {
		copy(floats(src, c, len(p)), p)
	}
	dst := astiav.AllocFrame()
	defer dst.Free()
	dst.SetChannelLayout(layout)
	dst.SetSampleFormat(astiav.SampleFormatFltp)
	dst.SetSampleRate(rung.AudioRate)
	swr := astiav.AllocSoftwareResampleContext()
	defer swr.Free()
	if err := swr.ConvertFrame(src, dst); err != nil {
		return nil, fmt.Errorf("engine: resampling from %d Hz: %w", r.rate, err)
	}
	out := make([][]float32, r.channels)
	for c := range out {
		out[c] = append(out[c], floats(dst, c, dst.NbSamples())...)
	}
	return out, nil
}

// newSoundFrame makes a frame for n samples in planar floating point.
func newSoundFrame(layout astiav.ChannelLayout, rate, n int) (*astiav.Frame, error) {
	f := astiav.AllocFrame()
	f.SetChannelLayout(layout)
	f.SetSampleFormat(astiav.SampleFormatFltp)
	f.SetSampleRate(rate)
	f.SetNbSamples(n)
	if err := f.AllocBuffer(0); err != nil {
		f.Free()
		return nil, fmt.Errorf("engine: a frame of %d samples: %w", n, err)
	}
	return f, nil
}
