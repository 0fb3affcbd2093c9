// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"

	"github.com/asticode/go-astiav"

	"rung"
)

// audioStream decodes the sound of one part for all soundtracks that are made of it.
type audioStream struct {
	clock  *audioClock
	tracks []*soundtrack
	end    int64 // source samples from here on are not wanted

	decoder  *decoder
	frames   int64
	damage   int64
	finished bool
}

// newAudioStream prepares to decode a part's audio.
func newAudioStream(source *rung.AudioSource, task *rung.Task, tracks []*soundtrack) *audioStream {
	a := &audioStream{clock: newAudioClock(source, task.Interval), tracks: tracks}
	for _, t := range tracks {
		t.begin(source)
		end, _ := newDriftMap(source, source.SampleRate).at(t.end)
		a.end = max(a.end, end+1)
	}
	a.end += resampleMargin
	return a
}

func (a *audioStream) source() (pid, index int) { return a.clock.source.PID, a.clock.source.Index }

func (a *audioStream) done() bool { return a.finished }

func (a *audioStream) open(st *astiav.Stream) error {
	var err error
	a.decoder, err = newDecoder(st, a.clock.source.Codec)
	return err
}

// Close releases the decoder.
func (a *audioStream) Close() {
	if a.decoder != nil {
		a.damage += a.decoder.errors
		a.decoder.Close()
		a.decoder = nil
	}
}

// take decodes a packet.
func (a *audioStream) take(_ context.Context, p *astiav.Packet) (past int64, err error) {
	past = -1
	if p.Pts() != noPTS {
		at := a.clock.place(p.Pts())
		if at >= a.end {
			a.finished = true
			past = (at - a.end) / int64(a.clock.source.SampleRate)
		}
	}
	if a.finished {
		return past, nil
	}
	return past, a.decoder.put(p, a.hear)
}

// flush ends the decoding.
func (a *audioStream) flush(context.Context) error {
	if a.finished || a.decoder == nil {
		return nil
	}
	a.finished = true
	return a.decoder.put(nil, a.hear)
}

// hear gives a decoded frame to the soundtracks.
func (a *audioStream) hear(f *astiav.Frame) error {
	rate := int64(f.SampleRate())
	if rate <= 0 || f.NbSamples() <= 0 {
		a.damage++
		return nil
	}
	a.frames++
	nominal := int64(a.clock.source.SampleRate)
	n := int64(f.NbSamples()) * nominal / rate
	at := a.clock.sample(f.Pts(), n) * rate / nominal
	for _, t := range a.tracks {
		if err := t.add(f, at); err != nil {
			return err
		}
	}
	return nil
}
