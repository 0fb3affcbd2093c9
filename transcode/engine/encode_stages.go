// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"

	"github.com/asticode/go-astiav"

	"rung"
)

// decode is the first stage: it reads the parts, one after the other, and decodes their pictures and sound.
func (e *encodeRun) decode(ctx context.Context) error {
	for i := range e.task.Parts {
		if err := e.decodePart(ctx, i); err != nil {
			return err
		}
	}
	close(e.decoded)
	close(e.sounded)
	return nil
}

// decodePart decodes one part. One that cannot be read at all is passed over: its places are filled with what there is.
func (e *encodeRun) decodePart(ctx context.Context, i int) error {
	part := e.task.Parts[i]
	d, err := newPartDecoder(e.rio, i, e.inputs[i].Size, part)
	if err != nil {
		if rung.CodeOf(err) != rung.CodeBadInput {
			return err
		}
		e.refused = err
		e.stats.DecodeErrors++
		return nil
	}
	defer e.account(d)
	defer d.Close()
	if part.Video != nil && len(e.video) > 0 {
		d.video = newVideoStream(part.Video, e.task, e.decoded)
		if err := send(ctx, e.decoded, decodedPicture{begin: &d.video.clock}); err != nil {
			return err
		}
	}
	for k := range part.Audio {
		if tracks := e.tracksOf(k); len(tracks) > 0 {
			d.audio = append(d.audio, newAudioStream(&part.Audio[k], e.task, tracks))
		}
	}
	onward, err := d.run(ctx)
	if err != nil || !onward || d.video == nil {
		return err
	}
	return send(ctx, e.decoded, decodedPicture{onward: true})
}

// tracksOf are the soundtracks made of a part's audio source number k.
func (e *encodeRun) tracksOf(k int) []*soundtrack {
	var tracks []*soundtrack
	for _, s := range e.soundtracks {
		if s.rendition.Track == k {
			tracks = append(tracks, s)
		}
	}
	return tracks
}

// account adds a part's counts, after it was closed.
func (e *encodeRun) account(d *partDecoder) {
	if d.video != nil {
		e.stats.Decoded += d.video.decoded
		e.stats.DecodeErrors += d.video.damage
	}
	for _, a := range d.audio {
		e.heard += a.frames
		e.stats.DecodeErrors += a.damage
	}
}

// fit is the stage that deinterlaces and decides what fills each place of the grid.
func (e *encodeRun) fit(ctx context.Context) error {
	emit := func(p gridPicture) error {
		err := send(ctx, e.fitted, p)
		if err != nil {
			p.frame.Free()
		}
		return err
	}
	slate := func() *astiav.Frame { return e.slate.Clone() }
	stage := &fitStage{
		fitter:       newFitter(e.task.Interval, e.task.Ladder.Grid.Rate, slate, emit),
		deinterlacer: deinterlacer{mode: e.task.Ladder.Deinterlace},
	}
	defer stage.Close()
	for {
		p, ok, err := receive(ctx, e.decoded)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := stage.take(p); err != nil {
			return err
		}
	}
	if err := stage.end(); err != nil {
		return err
	}
	f := stage.fitter
	e.stats.Repeated, e.stats.Dropped, e.stats.Slate = f.repeated, f.dropped, f.slates
	close(e.fitted)
	return nil
}

// scale is the stage that brings each picture to every rendition's size.
func (e *encodeRun) scale(ctx context.Context) error {
	c := newCascade(e.task.Ladder.Video, fullRange(e.task.Ladder.Source))
	defer c.Close()
	for {
		p, ok, err := receive(ctx, e.fitted)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := e.scaleOne(ctx, c, p); err != nil {
			return err
		}
	}
	for _, q := range e.scaled {
		close(q)
	}
	return nil
}

func (e *encodeRun) scaleOne(ctx context.Context, c *cascade, p gridPicture) error {
	defer p.frame.Free()
	frames, err := c.scale(p.frame, p.repeated, p.place-e.task.Interval.First)
	if err != nil {
		return err
	}
	for i, f := range frames {
		if err := send(ctx, e.scaled[i], f); err != nil {
			for _, left := range frames[i:] {
				left.Free()
			}
			return err
		}
	}
	return nil
}

// encodeSound is the stage that encodes the soundtracks once all sound is decoded.
func (e *encodeRun) encodeSound(ctx context.Context) error {
	for i, s := range e.soundtracks {
		if _, _, err := receive(ctx, e.sounded); err != nil {
			return err
		}
		var err error
		if e.audio[i], err = encodeAudio(s); err != nil {
			return err
		}
		e.stats.SilenceSamples += e.audio[i].silence
	}
	return nil
}

// fullRange reports whether a ladder's pictures have the full range of levels.
func fullRange(p rung.Picture) bool { return p.Range == "pc" || p.Range == "jpeg" || p.Range == "full" }
