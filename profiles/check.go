package profiles

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"rung"
)

// standardRates are the frame rates for which a profile is checked when it is loaded.
var standardRates = []rung.Rational{{Num: 24000, Den: 1001}, {Num: 24, Den: 1}, {Num: 25, Den: 1}, {Num: 30000, Den: 1001},
	{Num: 30, Den: 1}, {Num: 50, Den: 1}, {Num: 60000, Den: 1001}, {Num: 60, Den: 1}}

// Bounds of what a profile may ask for.
const (
	maxRenditions = 16
	maxSide       = 8192
	minSegment    = time.Second
	maxSegment    = 20 * time.Second
)

// Check holds the profile against the rules; the error names the first rendition and rule that are broken.
func (p *Profile) Check() error {
	if err := rung.ValidID("profile", p.Name); err != nil {
		return err
	}
	if len(p.Video)+len(p.Audio) == 0 {
		return p.fault("has neither video nor audio", "give it at least one rendition")
	}
	if len(p.Video) > maxRenditions {
		return p.fault(fmt.Sprintf("%d renditions, at most %d are allowed", len(p.Video), maxRenditions), "leave some out")
	}
	if !slices.Contains([]string{DeinterlaceFrame, DeinterlaceField, DeinterlaceOff}, p.Deinterlace) {
		return p.fault(fmt.Sprintf("deinterlace %q is not one of frame, field, off", p.Deinterlace), "")
	}
	if !slices.Contains([]string{PulldownKeep, PulldownRestore}, p.Pulldown) {
		return p.fault(fmt.Sprintf("pulldown %q is not one of keep, restore", p.Pulldown), "")
	}
	if err := p.checkTimes(); err != nil {
		return err
	}
	names := map[string]bool{}
	for i := range p.Video {
		if p.Video[i].Name == "" { // it would be named for its size
			return p.faultIn(fmt.Sprintf("number %d", i+1), "it has no size", "for example size: 1280x720")
		}
		if err := p.checkVideo(&p.Video[i]); err != nil {
			return err
		}
		if names[p.Video[i].Name] {
			return p.fault(fmt.Sprintf("two renditions are named %q", p.Video[i].Name), "give each its own name")
		}
		names[p.Video[i].Name] = true
	}
	for i := range p.Audio {
		if err := p.checkAudio(&p.Audio[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkTimes: segments are whole GOPs at each rate.
func (p *Profile) checkTimes() error {
	for _, rate := range standardRates {
		seg, gop := p.Segment.At(rate), p.GOP.At(rate)
		if seg < minSegment || seg > maxSegment {
			return p.fault(fmt.Sprintf("segment %v at %s/s is outside %v to %v", seg, rate, minSegment, maxSegment), "4s is usual")
		}
		if gop <= 0 || gop > seg {
			return p.fault(fmt.Sprintf("gop %v at %s/s is outside 0 to the segment's %v", gop, rate, seg), "2s is usual")
		}
		if k := float64(seg) / float64(gop); math.Abs(k-math.Round(k)) > 0.01 {
			return p.fault(fmt.Sprintf("gop %v does not divide the segment's %v at %s/s", gop, seg, rate), "make the segment a multiple of the gop")
		}
	}
	return nil
}

func (p *Profile) checkVideo(r *Rendition) error {
	enc, ok := encoders[r.Codec]
	if !ok {
		return p.faultIn(r.Name, fmt.Sprintf("codec %q is not one of %s", r.Codec, strings.Join(sortedKeys(encoders), ", ")), "")
	}
	if err := rung.ValidID("rendition", r.Name); err != nil {
		return p.faultIn(r.Name, err.Error(), "use a-z, 0-9, - and _")
	}
	if strings.HasPrefix(r.Name, "audio") {
		return p.faultIn(r.Name, "the names audio... are kept for audio renditions", "name it by its height")
	}
	s := r.Size
	if s.Width < 32 || s.Height < 32 || s.Width > maxSide || s.Height > maxSide || s.Width%2 != 0 || s.Height%2 != 0 {
		return p.faultIn(r.Name, fmt.Sprintf("size %v is not even numbers from 32 to %d", s, maxSide), "for example 1280x720")
	}
	if (r.CRF == 0) == (r.BitRate == 0) {
		return p.faultIn(r.Name, fmt.Sprintf("crf %v and bit_rate %v: exactly one is to be set", r.CRF, r.BitRate), "crf 23 with max_rate and buffer is usual")
	}
	if r.CRF < 0 || r.CRF > enc.maxCRF {
		return p.faultIn(r.Name, fmt.Sprintf("crf %v is outside 0 to %v", r.CRF, enc.maxCRF), "")
	}
	if (r.MaxRate == 0) != (r.Buffer == 0) {
		return p.faultIn(r.Name, fmt.Sprintf("max_rate %v and buffer %v go together", r.MaxRate, r.Buffer), "set both or neither")
	}
	if r.BitRate > 0 && r.MaxRate > 0 && r.MaxRate < r.BitRate {
		return p.faultIn(r.Name, fmt.Sprintf("max_rate %v is below bit_rate %v", r.MaxRate, r.BitRate), "")
	}
	if r.Threads < 0 || r.Threads > 64 {
		return p.faultIn(r.Name, fmt.Sprintf("threads %d is outside 0 to 64", r.Threads), "1 is the most efficient")
	}
	if r.Lookahead != "" && r.Lookahead != LookaheadShared && r.Lookahead != LookaheadOwn {
		return p.faultIn(r.Name, fmt.Sprintf("lookahead %q is neither shared nor own", r.Lookahead), "shared is the default")
	}
	if err := enc.check(r); err != nil {
		return p.faultIn(r.Name, err.Error(), "")
	}
	return p.checkGOP(r)
}

func (p *Profile) checkGOP(r *Rendition) error {
	for _, rate := range standardRates {
		seg := p.grid(rate).SegmentFrames
		if gop := p.gop(r, rate); seg%gop != 0 {
			return p.faultIn(r.Name, fmt.Sprintf("gop %d does not divide the segment's %d frames at %s/s", gop, seg, rate), "make the segment a multiple of the gop")
		}
	}
	return nil
}

func (p *Profile) checkAudio(a *Audio) error {
	if a.Codec != "aac" {
		return p.faultIn("audio", fmt.Sprintf("codec %q is not aac", a.Codec), "")
	}
	if a.Channels != 1 && a.Channels != 2 && a.Channels != 6 {
		return p.faultIn("audio", fmt.Sprintf("%d channels are not 1, 2 or 6", a.Channels), "")
	}
	// AAC-LC at 48 kHz: 6144 bits a channel and access unit at the most (ISO/IEC 14496-3, 4.5.3.3).
	if lo, hi := 16000*a.Channels, 288000*a.Channels; int(a.BitRate) < lo || int(a.BitRate) > hi {
		return p.faultIn("audio", fmt.Sprintf("bit_rate %v is outside %v to %v for %d channels", a.BitRate, BitRate(lo), BitRate(hi), a.Channels), "128k is usual for stereo")
	}
	return nil
}

func (p *Profile) fault(rule, hint string) error {
	return rung.Errorf(rung.CodeInvalid, cmp.Or(hint, exampleHint), "profile %q: %s", p.Name, rule)
}

func (p *Profile) faultIn(rendition, rule, hint string) error {
	return rung.Errorf(rung.CodeInvalid, cmp.Or(hint, exampleHint), "profile %q: rendition %q: %s", p.Name, rendition, rule)
}
