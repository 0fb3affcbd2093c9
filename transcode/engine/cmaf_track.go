// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"

	"github.com/Eyevinn/mp4ff/mp4"

	"rung"
)

const (
	// cmafTrack is the ID of a segment's only track.
	cmafTrack = 1
	// minTimeScale is the least number of ticks in a second of a video track's clock.
	minTimeScale = 10000
)

// cmafTrackClock is a track's media clock.
type cmafTrackClock struct {
	scale    int64 // ticks a second
	duration int64 // ticks that a sample lasts
}

// videoTrackClock is the one on which a grid place lasts a whole number of ticks: 12800 a second at 25 frames.
func videoTrackClock(rate rung.Rational) cmafTrackClock {
	c := cmafTrackClock{scale: rate.Num, duration: rate.Den}
	for c.scale < minTimeScale {
		c.scale, c.duration = 2*c.scale, 2*c.duration
	}
	return c
}

// audioTrackClock counts samples.
var audioTrackClock = cmafTrackClock{scale: rung.AudioRate, duration: rung.AudioFrame}

// at is the media time of a track's sample number n, counted from the session's origin.
func (c cmafTrackClock) at(n int64) int64 { return rung.MediaOrigin*c.scale + n*c.duration }

// newCMAFInit begins an init segment (ISO/IEC 23000-19 7.3.1); its sample entry is still to come. It holds nothing that
// depends on time or content, so it is the same for every segment of a session.
func newCMAFInit(kind, language, brand string, clock cmafTrackClock) (*mp4.InitSegment, *mp4.TrakBox) {
	init := mp4.NewMP4Init()
	init.AddChild(mp4.NewFtyp("iso6", 0, []string{"iso6", brand}))
	moov := mp4.NewMoovBox()
	init.AddChild(moov)
	moov.AddChild(mp4.CreateMvhd())
	moov.AddChild(mp4.NewMvexBox())
	if len(language) != 3 {
		language = "und"
	}
	return init, init.AddEmptyTrack(uint32(clock.scale), kind, language)
}

// cmafSegment makes a media segment of one fragment (moof and mdat). The samples are in decoding order and one duration
// apart; the first is decoded at sample firstDecode from the session's origin. A unit's pts counts from sample base.
func cmafSegment(number, firstDecode, base int64, units []accessUnit, clock cmafTrackClock) ([]byte, error) {
	fragment, err := mp4.CreateFragment(uint32(number)+1, cmafTrack)
	if err != nil {
		return nil, err
	}
	start := clock.at(firstDecode)
	for i, u := range units {
		decode := firstDecode + int64(i)
		fragment.AddFullSample(mp4.FullSample{
			Sample: mp4.Sample{
				Flags:                 sampleFlags(u.key),
				Dur:                   uint32(clock.duration),
				Size:                  uint32(len(u.data)),
				CompositionTimeOffset: int32((base + u.pts - decode) * clock.duration),
			},
			DecodeTime: uint64(start + int64(i)*clock.duration),
			Data:       u.data,
		})
	}
	fragment.Moof.Traf.Tfdt.Version = 1     // 64 bits, so that the header's size does not change with time
	fragment.EncOptimize = mp4.OptimizeTrun // what all samples share is said once
	var b bytes.Buffer
	if err := fragment.Encode(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// sampleFlags are those of ISO/IEC 14496-12 8.8.3.1.
func sampleFlags(key bool) uint32 {
	if key {
		return mp4.SyncSampleFlags
	}
	return mp4.NonSyncSampleFlags | mp4.SampleDependsOn1
}
