package profiles

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rung"
)

// defaultRate is the grid's rate where there is no video, or its rate is unknown: audio is cut on it.
var defaultRate = rung.Rational{Num: 25, Den: 1}

// maxTracks bounds the audio renditions of one ladder.
const maxTracks = 16

// Resolve gives the ladder for one source. video is nil for an audio-only service, audio empty for a video-only one.
// Nothing is scaled up: of the renditions that are larger than the source the smallest becomes one of the source's own
// size, unless a rendition has that size already, and the others are left out. Errors are CodeInvalid (the profile has
// nothing for this source).
func (p *Profile) Resolve(video *rung.VideoInfo, audio []rung.AudioInfo) (rung.Ladder, error) {
	l := rung.Ladder{Profile: p.Name, Grid: p.grid(defaultRate)}
	if video != nil && len(p.Video) > 0 {
		p.resolveVideo(&l, *video)
	}
	p.resolveAudio(&l, audio)
	if len(l.Video)+len(l.Audio) == 0 {
		return l, rung.Errorf(rung.CodeInvalid, "choose a profile with renditions for what the source has",
			"profile %q: nothing to encode: the source has video: %t, audio tracks: %d", p.Name, video != nil, len(audio))
	}
	return l, nil
}

func (p *Profile) resolveVideo(l *rung.Ladder, v rung.VideoInfo) {
	rate := v.FrameRate
	if rate.IsZero() {
		rate = defaultRate
	}
	if v.Pulldown && p.Pulldown != PulldownRestore {
		rate = rung.R(rate.Num*5, rate.Den*4)
		l.Pulldown = PulldownKeep
	}
	if p.Deinterlace != DeinterlaceOff {
		l.Deinterlace = p.Deinterlace
	}
	if p.Deinterlace == DeinterlaceField && v.Interlaced {
		rate = rung.R(rate.Num*2, rate.Den)
	} else if p.Deinterlace == DeinterlaceField {
		l.Deinterlace = DeinterlaceFrame // a progressive picture has no second field to make a frame of
	}
	l.Grid = p.grid(rate)
	l.Source = rung.Picture{Width: v.Width, Height: v.Height, SAR: v.SAR, Primaries: v.Primaries, Transfer: v.Transfer, Matrix: v.Matrix, Range: v.Range}
	display := displaySize(v)
	for _, r := range p.fitting(display) {
		size := fit(r.Size, display)
		l.Video = append(l.Video, rung.VideoRendition{
			ID: r.Name, Codec: r.Codec, Width: size.Width, Height: size.Height, GOP: p.gop(&r, rate), CRF: r.CRF,
			BitRate: int64(r.BitRate), MaxRate: int64(r.MaxRate), BufSize: int64(r.Buffer), Preset: r.Preset,
			Profile: r.Profile, Level: r.Level, Tune: r.Tune, Params: r.Params, Threads: r.Threads, OwnLookahead: r.Lookahead == LookaheadOwn,
		})
	}
}

// fitting gives the renditions for a source of the given size, the largest first.
func (p *Profile) fitting(display Size) []Rendition {
	sorted := slices.Clone(p.Video)
	slices.SortStableFunc(sorted, func(a, b Rendition) int {
		return cmp.Or(cmp.Compare(b.Size.Width*b.Size.Height, a.Size.Width*a.Size.Height), cmp.Compare(b.MaxRate, a.MaxRate))
	})
	first := slices.IndexFunc(sorted, func(r Rendition) bool { return !exceeds(r.Size, display) })
	switch {
	case first == 0:
		return sorted
	case first < 0:
		return sorted[len(sorted)-1:]
	case fit(sorted[first].Size, display) == fit(sorted[first-1].Size, display):
		return sorted[first:]
	default:
		return sorted[first-1:]
	}
}

// exceeds reports whether a box would scale the picture up in both directions.
func exceeds(box, display Size) bool { return box.Width > display.Width && box.Height > display.Height }

// displaySize is the source's size with square pixels, even in both directions. Pixels are squared by widening or
// narrowing the lines; their number stays.
func displaySize(v rung.VideoInfo) Size {
	sar := v.SAR
	if sar.IsZero() {
		sar = rung.R(1, 1)
	}
	return Size{Width: even(int64(v.Width)*sar.Num, sar.Den), Height: even(int64(v.Height), 1)}
}

// fit is the largest picture of display's shape that lies in box and is not larger than display. A shape within 1% of
// the box's is taken as the box's: 416x234 and 1366x768 stand for 16:9.
func fit(box, display Size) Size {
	bw, bh, dw, dh := int64(box.Width), int64(box.Height), int64(display.Width), int64(display.Height)
	if bw >= dw && bh >= dh {
		return display
	}
	if diff := bw*dh - bh*dw; diff*100 <= bh*dw && -diff*100 <= bh*dw {
		return box
	}
	if bw*dh <= bh*dw {
		return Size{Width: box.Width, Height: even(bw*dh, dw)}
	}
	return Size{Width: even(bh*dw, dh), Height: box.Height}
}

// even is num/den rounded to the nearest even number, at least 2: 4:2:0 has half the chroma lines and columns.
func even(num, den int64) int { return int(max(2, (num+den)/(2*den)*2)) }

func (p *Profile) resolveAudio(l *rung.Ladder, tracks []rung.AudioInfo) {
	ids := map[string]int{}
	for i, t := range tracks {
		for _, a := range p.Audio {
			if len(l.Audio) == maxTracks {
				return
			}
			id, name := "audio", a.Name
			if lang := languageTag(t.Language); lang != "" && len(tracks) > 1 {
				id, name = "audio-"+lang, strings.TrimSpace(lang+" "+a.Name)
			}
			if ids[id]++; ids[id] > 1 {
				name = fmt.Sprintf("%s %d", name, ids[id])
				id = fmt.Sprintf("%s-%d", id, ids[id])
			}
			l.Audio = append(l.Audio, rung.AudioRendition{ID: id, Codec: a.Codec, BitRate: int64(a.BitRate), Channels: a.Channels,
				Language: t.Language, Name: name, Track: i})
		}
	}
}

// languageTag is a source's language code as it may stand in the name of a folder: any three bytes come in a descriptor. ""
// where it is no code.
func languageTag(code string) string {
	code = strings.ToLower(strings.TrimSpace(code))
	if len(code) > 8 || strings.ContainsFunc(code, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		return ""
	}
	return code
}

// grid is the segment grid at a frame rate: the GOP rounded to whole frames, as many of them as the segment has.
func (p *Profile) grid(rate rung.Rational) rung.Grid {
	gops := (int64(p.Segment.At(rate)) + int64(p.GOP.At(rate))/2) / int64(p.GOP.At(rate))
	return rung.Grid{Rate: rate.Reduce(), SegmentFrames: max(1, gops) * p.GOP.frames(rate)}
}

// gop is a rendition's GOP in frames.
func (p *Profile) gop(r *Rendition, rate rung.Rational) int64 {
	if r.GOP != nil {
		return r.GOP.frames(rate)
	}
	return p.GOP.frames(rate)
}
