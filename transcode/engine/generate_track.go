// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"

	"github.com/asticode/go-astiav"

	"rung"
)

// patternTrack is one encoder of a pattern and its stream in the output.
type patternTrack struct {
	encoder  *astiav.CodecContext
	frame    *astiav.Frame // reused for each frame
	timeBase rung.Rational // of the encoder
	stream   *astiav.Stream
	// pulldown says that its pictures are flagged and timed as film that is pulled down.
	pulldown bool
	// start is the time stamp of the encoder's time 0, in seconds, exactly.
	start rung.Rational
}

// openPatternTrack opens the encoder called name, which configure has set up, and adds its stream to the output.
func openPatternTrack(name string, out *tsMuxer, start rung.Rational, options map[string]string, configure func(*astiav.CodecContext)) (*patternTrack, error) {
	codec := astiav.FindEncoderByName(name)
	if codec == nil {
		return nil, rung.Errorf(rung.CodeUnsupported, "use an FFmpeg that has it", "this build's FFmpeg has no encoder %s", name)
	}
	t := &patternTrack{encoder: astiav.AllocCodecContext(codec), frame: astiav.AllocFrame(), start: start}
	configure(t.encoder)
	t.timeBase = ratio(t.encoder.TimeBase())
	if err := t.open(codec, out, options); err != nil {
		t.Close()
		return nil, rung.Errorf(rung.CodeInvalid, "change the test pattern's settings", "test pattern: opening encoder %s: %w", name, err)
	}
	return t, nil
}

func (t *patternTrack) open(codec *astiav.Codec, out *tsMuxer, options map[string]string) error {
	dictionary := astiav.NewDictionary()
	defer dictionary.Free()
	for key, value := range options {
		if err := dictionary.Set(key, value, 0); err != nil {
			return err
		}
	}
	if err := t.encoder.Open(codec, dictionary); err != nil {
		return err
	}
	if t.stream = out.fc.NewStream(nil); t.stream == nil {
		return errors.New("no memory for a stream")
	}
	t.stream.SetTimeBase(avRatio(tsClock))
	return t.stream.CodecParameters().FromCodecContext(t.encoder)
}

// encode gives the encoder a frame whose time stamp is set; nil ends it.
func (t *patternTrack) encode(f *astiav.Frame) error {
	if err := t.encoder.SendFrame(f); err != nil {
		return fmt.Errorf("engine: encoding the test pattern: %w", err)
	}
	return nil
}

// next takes the next packet that is ready, its times on the output's clock. There may be none yet.
func (t *patternTrack) next(p *astiav.Packet) (ready bool, err error) {
	err = t.encoder.ReceivePacket(p)
	if errors.Is(err, astiav.ErrEagain) || errors.Is(err, astiav.ErrEof) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("engine: encoding the test pattern: %w", err)
	}
	if t.pulldown {
		if err := flagPulldown(p); err != nil {
			return false, err
		}
	}
	p.SetStreamIndex(t.stream.Index())
	p.SetDuration(t.clock(p.Pts()+p.Duration()) - t.clock(p.Pts()))
	p.SetPts(t.clock(p.Pts()))
	p.SetDts(t.clock(p.Dts()))
	return true, nil
}

// clock is the output's time stamp for one of the encoder's.
func (t *patternTrack) clock(ts int64) int64 {
	base := t.timeBase
	if t.pulldown {
		ts, base = pulldownField(ts), rung.R(2*base.Num, 5*base.Den)
	}
	at := rung.Rational{Num: t.start.Num*base.Den + ts*base.Num*t.start.Den, Den: t.start.Den * base.Den}
	return rung.Rescale(at.Num, rung.Rational{Num: 1, Den: at.Den}, tsClock)
}

// Close releases the encoder.
func (t *patternTrack) Close() {
	t.encoder.Free()
	t.frame.Free()
}
