package ingest

import (
	"math/big"
	"time"

	"rung"
)

// maxFilm bounds a job's timeline. A file may be anyone's: false time stamps in it would otherwise ask for segments without
// end.
const maxFilm = 7 * 24 * time.Hour

// maxStamp bounds the time stamps of an index, in any time base: it leaves room for their differences.
const maxStamp = int64(1) << 61

// checkLength refuses an index whose pictures, or sound where it has none, are too far apart to be a film's.
func (p *plan) checkLength(l layout, index Index) error {
	first, end := maxStamp, -maxStamp
	for _, v := range index.Video {
		first, end = min(first, v.PTS, v.DTS), max(end, v.PTS, v.DTS)
	}
	clock := rung.Rational{}
	if l.video != nil {
		clock = l.video.timeBase
	}
	for i, a := range index.Audio {
		if min(a.First, a.End) < -maxStamp || max(a.First, a.End) > maxStamp {
			return p.tooLong()
		}
		if l.video == nil && i < len(l.audio) {
			first, end, clock = min(first, a.First), max(end, a.End), l.audio[i].timeBase
		}
	}
	if first < -maxStamp || end > maxStamp {
		return p.tooLong()
	}
	if end > first && seconds(end-first, clock).Cmp(big.NewRat(int64(maxFilm/time.Second), 1)) > 0 {
		return p.tooLong()
	}
	return nil
}

func (p *plan) tooLong() error {
	return rung.Errorf(rung.CodeBadInput, "its time stamps may be damaged: remultiplex it", "input %q: its time stamps lie more than %v apart", redact(p.job.Input), maxFilm)
}
