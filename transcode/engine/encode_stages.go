// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"

	"rung"
)

// decode is the stage before the encoders: it reads the parts, one after the other, decodes their sound and pictures, and
// brings each picture to its place on the grid and to every rendition's size. All this is one goroutine: it is less work
// than the largest encoder's, and a picture that goes from step to step while it is in the processor's cache costs less
// than one that waits in a queue.
func (e *encodeRun) decode(ctx context.Context, watch *stepWatch) error {
	pictures := newPictureSteps(ctx, e, watch)
	defer pictures.Close()
	for i := range e.task.Parts {
		if err := e.decodePart(ctx, i, pictures); err != nil {
			return err
		}
	}
	close(e.sounded)
	return pictures.end()
}

// decodePart decodes one part. One that cannot be read at all is passed over: its places are filled with what there is.
func (e *encodeRun) decodePart(ctx context.Context, i int, pictures *pictureSteps) error {
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
		d.video = newVideoStream(part.Video, e.task, pictures.put)
		if err := pictures.begin(&d.video.clock); err != nil {
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
	return pictures.goOn()
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
