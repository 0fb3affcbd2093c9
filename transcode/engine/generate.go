// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// generate makes the synthetic stream that the request's Pattern describes. It is the same on every run.
func generate(rio requestIO, req protocol.Request) (protocol.RemuxReply, error) {
	if req.Pattern == nil {
		return protocol.RemuxReply{}, rung.Errorf(rung.CodeInvalid, "", "operation %q has no pattern", req.Op)
	}
	p, err := completePattern(*req.Pattern)
	if err != nil {
		return protocol.RemuxReply{}, err
	}
	out, err := newTSMuxer(rio)
	if err != nil {
		return protocol.RemuxReply{}, err
	}
	defer out.Close()
	g := &generator{pattern: p, out: out}
	defer g.Close()
	if err := g.run(); err != nil {
		return protocol.RemuxReply{}, err
	}
	return protocol.RemuxReply{Bytes: out.bytes}, nil
}

// generator draws, plays, encodes and multiplexes a pattern.
type generator struct {
	pattern protocol.Pattern
	out     *tsMuxer
	video   *patternVideo // nil: none
	audio   *patternAudio // nil: none
	packet  *astiav.Packet
}

// run makes the whole stream, picture by picture, with the sound that goes with each.
func (g *generator) run() error {
	g.packet = astiav.AllocPacket()
	if err := g.open(); err != nil {
		return err
	}
	for k := int64(0); g.pattern.Frames == 0 || k < g.pattern.Frames; k++ {
		if g.video != nil {
			if err := g.video.draw(k); err != nil {
				return err
			}
			if err := g.drain(g.video.track); err != nil {
				return err
			}
		}
		if err := g.play(k + 1); err != nil {
			return err
		}
	}
	return g.finish()
}

// open opens the encoders and begins the stream.
func (g *generator) open() error {
	var err error
	if !g.pattern.NoVideo {
		if g.video, err = newPatternVideo(g.pattern, g.out); err != nil {
			return err
		}
	}
	if g.pattern.Audio != "none" {
		if g.audio, err = newPatternAudio(g.pattern, g.out); err != nil {
			return err
		}
	}
	return g.out.begin()
}

// play encodes the sound up to the beginning of picture k, at least.
func (g *generator) play(k int64) error {
	for g.audio != nil && g.audio.before(k) {
		if err := g.audio.play(); err != nil {
			return err
		}
		if err := g.drain(g.audio.track); err != nil {
			return err
		}
	}
	return nil
}

// finish empties the encoders and ends the stream.
func (g *generator) finish() error {
	for _, t := range g.tracks() {
		if err := t.encode(nil); err != nil {
			return err
		}
		if err := g.drain(t); err != nil {
			return err
		}
	}
	return g.out.end()
}

// drain moves what an encoder has ready into the stream.
func (g *generator) drain(t *patternTrack) error {
	for {
		ready, err := t.next(g.packet)
		if err != nil || !ready {
			return err
		}
		if err := g.out.add(g.packet); err != nil {
			return err
		}
	}
}

func (g *generator) tracks() []*patternTrack {
	var all []*patternTrack
	if g.video != nil {
		all = append(all, g.video.track)
	}
	if g.audio != nil {
		all = append(all, g.audio.track)
	}
	return all
}

// Close releases the encoders.
func (g *generator) Close() {
	if g.video != nil {
		g.video.Close()
	}
	if g.audio != nil {
		g.audio.Close()
	}
	if g.packet != nil {
		g.packet.Free()
	}
}
